// The audio thread: resamples between the device's own rate and that of the server, and keeps time.

const WIRE = 24000;
const FRAME = 480; // 20 ms
const POINTS = 1024; // of the filter, between two samples
const LEAST = 0.06; // seconds of sound to have before it is played,
const MOST = 0.3; // grown up to this when sound comes unevenly
const FADE = 96;
const REPORT = 0.1; // seconds between reports of what is on its way to the ear, and cannot be taken back

/** A windowed-sinc resampler for streams; its output is later by `half` samples of the input. */
export class Resampler {
  constructor(from, to) {
    this.step = from / to;
    const cutoff = Math.min(1, to / from) * 0.92;
    this.half = Math.ceil(12 / cutoff);
    this.table = new Float32Array(this.half * POINTS + 1);
    for (let index = 0; index < this.half * POINTS; index++) {
      const x = (Math.PI * index) / POINTS;
      const sinc = x ? Math.sin(cutoff * x) / x : cutoff;
      this.table[index] = sinc * (0.42 + 0.5 * Math.cos(x / this.half) + 0.08 * Math.cos((2 * x) / this.half));
    }
    this.reset();
  }

  reset() {
    this.kept = new Float32Array(2 * this.half);
    this.position = 2 * this.half; // of the next output, in `kept` and what follows
  }

  /** Return the output for more input; what comes of one input may come with the next. */
  push(input) {
    const all = new Float32Array(this.kept.length + input.length);
    all.set(this.kept);
    all.set(input, this.kept.length);
    const last = all.length - this.half - 1;
    const output = new Float32Array(Math.max(0, Math.floor((last - this.position) / this.step) + 1));
    for (let index = 0; index < output.length; index++, this.position += this.step) {
      const centre = Math.floor(this.position);
      let sum = 0;
      for (let at = centre - this.half + 1; at <= centre + this.half; at++)
        sum += all[at] * this.table[Math.round(Math.abs(this.position - at) * POINTS)];
      output[index] = sum;
    }
    const drop = Math.max(0, Math.floor(this.position) - this.half);
    this.kept = all.slice(drop);
    this.position -= drop;
    return output;
  }
}

/** Sends the microphone's sound in frames, as `{samples, peak}`. */
class Microphone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(sampleRate, WIRE);
    this.frame = new Float32Array(FRAME);
    this.filled = 0;
  }

  process([[input = []]]) {
    for (const sample of this.resampler.push(input)) {
      this.frame[this.filled++] = sample;
      if (this.filled === FRAME) this.send();
    }
    return true;
  }

  send() {
    const samples = Int16Array.from(this.frame, (each) => Math.round(Math.max(-1, Math.min(1, each)) * 32767));
    const peak = this.frame.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
    this.port.postMessage({ samples, peak }, [samples.buffer]);
    this.filled = 0;
  }
}

/**
 * Plays `{samples, item, start}`, where `start` counts samples of the item, until `{clear}`.
 * Tells `{item, ms}` while it plays, `{cleared, item, ms}` when it has been cleared, `{idle}` when it ran dry, or is asked and is dry.
 */
class Player extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(WIRE, sampleRate);
    this.buffer = LEAST;
    this.isPlaying = this.wasCleared = this.goesOn = false;
    this.silentSince = -1;
    this.told = 0;
    this.fade = new Float32Array(0);
    this.forget();
    this.port.onmessage = ({ data }) => this.receive(data);
  }

  /** Forget what was not played. */
  forget() {
    this.queue = [];
    this.ready = new Float32Array(0); // resampled
    this.at = 0; // what of it was played
    this.place = null; // {item, end}: where `ready` ends
    this.since = null; // when the first sound after silence came
    this.isFlushed = true; // whether the resampler holds nothing
    this.resampler.reset();
  }

  receive(data) {
    if (data.clear) this.clear();
    else if (data.samples) {
      this.queue.push(data);
      if (this.since === null) this.arrive();
    } else if (!this.isPlaying && !this.queue.length) this.tell({ idle: true });
  }

  /** Sound comes after silence. */
  arrive() {
    this.since = currentTime;
    this.goesOn = this.since - this.silentSince < 0.15; // what was cleared comes again, or sound came late
    if (this.goesOn && !this.wasCleared) this.buffer = Math.min(MOST, this.buffer * 1.5);
  }

  clear() {
    this.tell({ cleared: true });
    const rest = this.ready.subarray(this.at, this.at + FADE);
    this.fade = rest.map((each, index) => each * (1 - (index + 1) / rest.length));
    this.wasCleared = true;
    this.forget();
  }

  tell(what) {
    const { item, end } = this.place || { item: null, end: 0 };
    const left = ((this.ready.length - this.at) * WIRE) / sampleRate;
    this.port.postMessage({ ...what, item, ms: Math.max(0, ((end - left) / WIRE) * 1000) });
  }

  process(_, [[output]]) {
    if (!this.isPlaying && this.queue.length) this.begin();
    for (let index = 0; index < output.length; index++) {
      if (this.isPlaying && this.at === this.ready.length && !this.fill()) this.stop();
      output[index] = (this.fade[index] || 0) + (this.isPlaying ? this.ready[this.at++] : 0);
    }
    this.fade = this.fade.subarray(output.length);
    if (this.isPlaying && currentTime - this.told >= REPORT) {
      this.told = currentTime;
      this.tell();
    }
    return true;
  }

  begin() {
    const waited = currentTime - this.since >= this.buffer;
    const queued = this.queue.reduce((sum, { samples }) => sum + samples.length, 0);
    this.isPlaying = (this.goesOn && this.wasCleared) || waited || queued >= this.buffer * WIRE;
    if (!this.isPlaying) return;
    this.told = 0;
    this.wasCleared = false;
  }

  /** Resample the next 10 ms, or at the end what the resampler holds; return whether there was anything. */
  fill() {
    const [chunk] = this.queue;
    if (!chunk && this.isFlushed) return false;
    this.isFlushed = !chunk;
    let input = new Float32Array(this.resampler.half);
    if (chunk) {
      input = Float32Array.from(chunk.samples.subarray(0, 240), (each) => each / 32768);
      chunk.samples = chunk.samples.subarray(240);
      chunk.start += input.length;
      this.place = { item: chunk.item, end: chunk.start };
      if (!chunk.samples.length) this.queue.shift();
    }
    this.ready = this.resampler.push(input);
    this.at = 0;
    return this.ready.length > 0 || this.fill();
  }

  stop() {
    this.isPlaying = false;
    this.silentSince = currentTime;
    this.since = null;
    this.tell({ idle: true });
  }
}

registerProcessor("microphone", Microphone);
registerProcessor("player", Player);
