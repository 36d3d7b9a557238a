// The audio thread: resamples between the device's own rate and that of the server, and keeps time.

const WIRE = 24000;
const FRAME = 480; // 20 ms
const POINTS = 256; // of the filter, between two samples
const LEAST = 0.06; // seconds of sound to have before it is played,
const MOST = 0.3; // grown up to this when sound comes unevenly
const FADE = 96;

/** A windowed-sinc resampler for streams; its output is later by `half` samples of the input. */
export class Resampler {
  constructor(from, to) {
    this.step = from / to;
    const cutoff = Math.min(1, to / from) * 0.92;
    this.half = Math.ceil(12 / cutoff);
    this.table = new Float32Array(this.half * POINTS + 2);
    for (let index = 0; index < this.half * POINTS; index++) {
      const x = index / POINTS;
      const sinc = x === 0 ? 1 : Math.sin(Math.PI * cutoff * x) / (Math.PI * cutoff * x);
      const angle = Math.PI * (x / this.half);
      this.table[index] = cutoff * sinc * (0.42 + 0.5 * Math.cos(angle) + 0.08 * Math.cos(2 * angle));
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
      for (let at = centre - this.half + 1; at <= centre + this.half; at++) {
        const place = Math.abs(this.position - at) * POINTS;
        const floor = Math.floor(place);
        const left = this.table[floor] || 0;
        sum += all[at] * (left + (place - floor) * ((this.table[floor + 1] || 0) - left));
      }
      output[index] = sum;
    }
    const drop = Math.max(0, Math.floor(this.position) - this.half);
    this.kept = all.slice(drop);
    this.position -= drop;
    return output;
  }
}

const peak = (samples) => samples.reduce((most, each) => Math.max(most, Math.abs(each)), 0);

/** Sends the microphone's sound in frames, as `{samples, peak}`. */
class Microphone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(sampleRate, WIRE);
    this.frame = new Float32Array(FRAME);
    this.filled = 0;
  }

  process([channels]) {
    if (!channels?.length) return true;
    let input = channels[0];
    if (channels.length > 1) input = input.map((_, at) => channels.reduce((sum, each) => sum + each[at], 0) / channels.length);
    for (const sample of this.resampler.push(input)) {
      this.frame[this.filled++] = sample;
      if (this.filled === FRAME) this.send();
    }
    return true;
  }

  send() {
    const samples = Int16Array.from(this.frame, (each) => Math.round(Math.max(-1, Math.min(1, each)) * 32767));
    this.port.postMessage({ samples, peak: peak(this.frame) }, [samples.buffer]);
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
    this.perSample = WIRE / sampleRate;
    this.queue = [];
    this.queued = 0; // samples of the wire in `queue`
    this.ready = new Float32Array(0); // resampled
    this.at = 0; // what of it was played
    this.place = null; // {item, end}: where `ready` ends
    this.buffer = LEAST;
    this.since = null; // when the first sound after silence came
    this.isPlaying = this.wasCleared = this.hasGrown = false;
    this.flushed = true;
    this.silentSince = -1;
    this.told = 0;
    this.fade = new Float32Array(0);
    this.port.onmessage = ({ data }) => this.receive(data);
  }

  receive(data) {
    if (data.clear) this.clear();
    else if (data.samples) this.add(data);
    else if (!this.isPlaying && !this.queue.length) this.port.postMessage({ idle: true, ...this.where() });
  }

  add(chunk) {
    this.queue.push({ ...chunk, used: 0 });
    this.queued += chunk.samples.length;
    this.since ??= currentTime;
  }

  clear() {
    this.port.postMessage({ cleared: true, ...this.where() });
    const rest = this.ready.subarray(this.at, this.at + FADE);
    this.fade = rest.map((each, index) => each * (1 - (index + 1) / rest.length));
    this.queue = [];
    this.queued = 0;
    this.ready = new Float32Array(0);
    this.at = 0;
    this.place = null;
    this.since = null;
    this.flushed = this.wasCleared = true;
    this.resampler.reset();
  }

  where() {
    if (!this.place) return { item: null, ms: 0 };
    const left = (this.ready.length - this.at) * this.perSample;
    return { item: this.place.item, ms: Math.max(0, ((this.place.end - left) / WIRE) * 1000) };
  }

  process(_, [[output]]) {
    if (!this.isPlaying && this.queue.length) this.begin();
    for (let index = 0; index < output.length; index++) {
      if (this.isPlaying && this.at === this.ready.length && !this.fill()) this.stop();
      const faded = index < this.fade.length ? this.fade[index] : 0;
      output[index] = faded + (this.isPlaying ? this.ready[this.at++] : 0);
    }
    this.fade = this.fade.subarray(output.length);
    if (this.isPlaying && currentTime - this.told >= 0.05) {
      this.told = currentTime;
      this.port.postMessage(this.where());
    }
    return true;
  }

  begin() {
    const goesOn = this.since - this.silentSince < 0.15; // what was cleared comes again, or sound came late
    if (goesOn && !this.wasCleared) this.grow();
    const waited = currentTime - this.since >= this.buffer;
    this.isPlaying = (goesOn && this.wasCleared) || waited || this.queued >= this.buffer * WIRE;
    if (!this.isPlaying) return;
    this.told = 0;
    this.wasCleared = this.hasGrown = false;
  }

  grow() {
    if (!this.hasGrown) this.buffer = Math.min(MOST, this.buffer * 1.5);
    this.hasGrown = true;
  }

  /** Resample the next 10 ms; return whether there were any. */
  fill() {
    const chunk = this.queue[0];
    if (!chunk) return this.flush();
    const end = Math.min(chunk.used + 240, chunk.samples.length);
    this.ready = this.resampler.push(Float32Array.from(chunk.samples.subarray(chunk.used, end), (each) => each / 32768));
    this.at = 0;
    this.place = { item: chunk.item, end: chunk.start + end };
    this.queued -= end - chunk.used;
    chunk.used = end;
    this.flushed = false;
    if (end === chunk.samples.length) this.queue.shift();
    return this.ready.length > 0 || this.fill();
  }

  /** What the resampler still holds. */
  flush() {
    if (this.flushed) return false;
    this.flushed = true;
    this.ready = this.resampler.push(new Float32Array(this.resampler.half));
    this.at = 0;
    return this.ready.length > 0;
  }

  stop() {
    this.isPlaying = false;
    this.silentSince = currentTime;
    this.since = null;
    this.port.postMessage({ idle: true, ...this.where() });
  }
}

registerProcessor("microphone", Microphone);
registerProcessor("player", Player);
