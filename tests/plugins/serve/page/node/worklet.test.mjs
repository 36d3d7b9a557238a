import assert from "node:assert/strict";
import { test } from "node:test";

// What an AudioWorklet has around it.
const processors = {};
Object.assign(globalThis, {
  sampleRate: 48000,
  currentTime: 0,
  registerProcessor: (name, processor) => (processors[name] = processor),
  AudioWorkletProcessor: class {
    port = { told: [], postMessage: (message) => this.port.told.push(message), onmessage: null };
  },
});
const { Resampler } = await import("../../../../../plugins/voicebot_serve/page/web/worklet.js");

const tone = (hertz, rate, seconds) =>
  Float32Array.from({ length: rate * seconds }, (_, index) => Math.sin((2 * Math.PI * hertz * index) / rate));
const power = (samples) => samples.reduce((sum, each) => sum + each * each, 0) / samples.length;
const pieces = (samples, size) =>
  Array.from({ length: Math.ceil(samples.length / size) }, (_, index) => samples.subarray(index * size, (index + 1) * size));

for (const [from, to] of [[48000, 24000], [44100, 24000], [16000, 24000], [24000, 48000], [24000, 44100], [96000, 24000]])
  test(`resampling from ${from} to ${to} Hz keeps a tone, and how long it lasts`, () => {
    const resampler = new Resampler(from, to);
    const output = Float32Array.from(pieces(tone(1000, from, 0.25), 128).flatMap((each) => [...resampler.push(each)]));
    assert.ok(Math.abs(output.length - to / 4) < 80, `${output.length}`);
    const middle = output.subarray(1000, output.length - 1000);
    assert.ok(Math.abs(10 * Math.log10(power(middle) / 0.5)) < 0.1);
    const ideal = tone(1000, to, 0.25).subarray(1000, 1000 + middle.length);
    assert.ok(power(middle.map((each, index) => each - ideal[index])) < 1e-5);
  });

test("what the wire cannot carry does not come back as another tone", () => {
  const resampler = new Resampler(48000, 24000);
  const output = resampler.push(tone(15000, 48000, 0.25)).subarray(1000, -1000);
  assert.ok(10 * Math.log10(power(output)) < -60, `${10 * Math.log10(power(output))} dB`);
});

/** A player, and what it plays in some seconds. */
function playing() {
  const player = new processors.player();
  const give = (data) => player.port.onmessage({ data });
  const run = (seconds) => {
    const all = [];
    for (let block = 0; block < Math.round((seconds * 48000) / 128); block++) {
      const output = new Float32Array(128);
      player.process([], [[output]]);
      globalThis.currentTime += 128 / 48000;
      all.push(...output);
    }
    return all;
  };
  const sound = (item, start, samples) =>
    give({ samples: Int16Array.from({ length: samples }, () => 8000), item, start });
  return { give, run, sound, told: player.port.told };
}
const audible = (samples) => samples.filter((each) => Math.abs(each) > 0.01).length / 48000;

test("the microphone's sound is sent in frames of 20 ms", () => {
  const microphone = new processors.microphone();
  for (const piece of pieces(tone(500, 48000, 0.25), 128)) microphone.process([[piece.map((each) => each / 2)]]);
  const frames = microphone.port.told;
  assert.equal(frames.length, 12);
  assert.ok(frames.every(({ samples }) => samples.length === 480));
  assert.ok(Math.abs(frames[6].peak - 0.5) < 0.02);
});

test("all sound is played once, and its place is told", () => {
  const { run, sound, told } = playing();
  for (let start = 0; start < 9600; start += 480) sound("a", start, 480);
  assert.ok(Math.abs(audible(run(0.7)) - 0.4) < 0.005);
  const last = told.filter(({ idle }) => idle);
  assert.deepEqual(last.map(({ item, ms }) => [item, Math.round(ms)]), [["a", 400]]);
});

test("sound waits until a little of it is there, but a short sound not for more", () => {
  const { run, sound } = playing();
  sound("a", 0, 480);
  assert.equal(audible(run(0.05)), 0);
  assert.ok(audible(run(0.1)) > 0.015);
});

test("cleared sound ends within 5 ms, and exactly how much was played is told", () => {
  const { give, run, sound, told } = playing();
  sound("a", 0, 48000);
  const before = audible(run(0.5));
  give({ clear: true });
  const after = audible(run(0.5));
  assert.ok(after < 0.005, `${after}`);
  const { item, ms } = told.find(({ cleared }) => cleared);
  assert.equal(item, "a");
  assert.ok(Math.abs(ms / 1000 - before) < 0.002, `${ms} ms told, ${before} s heard`);
});

test("what comes after a clear is played at once", () => {
  const { give, run, sound } = playing();
  sound("a", 0, 48000);
  run(0.5);
  give({ clear: true });
  run(0.02);
  sound("a", 48000, 480);
  assert.ok(audible(run(0.01)) > 0.008);
});

test("a clear in silence tells of no item", () => {
  const { give, told } = playing();
  give({ clear: true });
  assert.deepEqual(told, [{ cleared: true, item: null, ms: 0 }]);
});

test("sound that comes late once is given more time from then on", () => {
  const { run, sound } = playing();
  sound("a", 0, 2400);
  run(0.16);
  sound("a", 2400, 480);
  const first = run(0.08).findIndex((each) => Math.abs(each) > 0.01) / 48000;
  assert.ok(first > 0.07 || first < 0, `${first}`);
});
