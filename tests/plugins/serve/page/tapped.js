// Runs in the page before its own scripts: taps its sound, and notes when messages come, on the clock of the sound.
window.heard = { speaker: [], microphone: [], events: [], sent: [] };
const Context = window.AudioContext;
window.AudioContext = class extends Context {
  constructor(...options) {
    super(...options);
    window.context = this;
    this.tapping = this.audioWorklet.addModule(new URL("page/test/tap.js", document.baseURI));
  }
  async tap(node, name) {
    await this.tapping;
    const tap = new AudioWorkletNode(this, "tap", { numberOfOutputs: 0 });
    tap.port.onmessage = ({ data }) => window.heard[name].push(data);
    connect.call(node, tap);
  }
  createMediaStreamSource(stream) {
    const source = super.createMediaStreamSource(stream);
    this.tap(source, "microphone");
    console.debug("the microphone is open");
    return source;
  }
};
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...rest) {
  if (target === window.context?.destination) window.context.tap(this, "speaker");
  return connect.call(this, target, ...rest);
};
const Socket = window.WebSocket;
window.WebSocket = class extends Socket {
  constructor(...options) {
    super(...options);
    this.addEventListener("message", ({ data }) => {
      const { type, delta, ...rest } = JSON.parse(data);
      window.heard.events.push({ at: window.context.currentTime, type, ...rest });
    });
  }
  send(text) {
    const { type, audio, ...rest } = JSON.parse(text);
    if (!audio) window.heard.sent.push({ at: window.context.currentTime, type, ...rest });
    super.send(text);
  }
};
