// Records how loud it is, 375 times a second: beside the speaker, and beside the microphone.
registerProcessor(
  "tap",
  class extends AudioWorkletProcessor {
    process([[samples]]) {
      if (samples) this.port.postMessage([currentTime, samples.reduce((most, each) => Math.max(most, Math.abs(each)), 0)]);
      return true;
    }
  },
);
