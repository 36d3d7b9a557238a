import assert from "node:assert/strict";
import { test } from "node:test";
import * as captions from "../../../../../plugins/voicebot_serve/page/web/conversation.js";
import { seconds, waterfall } from "../../../../../plugins/voicebot_serve/page/web/transcript.js";
import { decode, encode } from "../../../../../plugins/voicebot_serve/page/web/connection.js";

const follow = (messages, from = captions.initial) =>
  messages.reduce((now, [type, fields]) => captions.observe(now, { type, ...fields }), from);
const texts = ({ lines }) => lines.map(({ role, text, done }) => [role, text, done]);
const completed = "conversation.item.input_audio_transcription.completed";
const words = (item_id, text, audio_start_ms) => ["voicebot.reply.words", { item_id, text, audio_start_ms }];
const done = (id, transcript, status = "completed") => [
  "response.output_item.done",
  { item: { id, type: "message", role: "assistant", status, content: [{ transcript }] } },
];

test("a turn is one line that grows until it is complete", () => {
  const heard = follow([["voicebot.user.partial", { text: "where" }], ["voicebot.user.partial", { text: "where is" }]]);
  assert.deepEqual(texts(heard), [["user", "where is", false]]);
  assert.deepEqual(texts(follow([[completed, { item_id: "a", transcript: "where is it" }]], heard)), [["user", "where is it", true]]);
});

test("a turn without words leaves no line", () => {
  assert.deepEqual(texts(follow([["voicebot.user.partial", { text: "uh" }], [completed, { item_id: "a", transcript: "" }]])), []);
});

test("words that are taken back leave no line", () => {
  assert.deepEqual(texts(follow([["voicebot.user.partial", { text: "uh" }], ["input_audio_buffer.cleared", {}]])), []);
});

test("a correction changes the line of its turn", () => {
  const fixed = follow([[completed, { item_id: "a", transcript: "too" }], ["voicebot.user.corrected", { item_id: "a", text: "two" }]]);
  assert.deepEqual(texts(fixed), [["user", "two", true]]);
});

test("the bot's words count as spoken as far as its sound was played", () => {
  let now = follow([words("b", "one two.", 0), words("b", "three four.", 1000)]);
  const spoken = (ms) => {
    now = captions.played(now, "b", ms);
    return now.lines[0].text.slice(0, captions.spokenLength(now.lines[0], 48000));
  };
  assert.equal(spoken(0), "one".slice(0, spoken(0).length));
  assert.equal(spoken(999), "one two.");
  assert.equal(spoken(1400), "one two. three");
  assert.equal(spoken(2000), "one two. three four.");
});

test("an interrupted reply keeps what was heard", () => {
  const now = follow([words("b", "a long story", 0), done("b", "a long", "incomplete")]);
  assert.deepEqual(texts(now), [["bot", "a long", true]]);
  assert.equal(now.lines[0].cut, true);
  assert.deepEqual(texts(follow([["voicebot.reply.corrected", { item_id: "b", heard: "a" }]], now)), [["bot", "a", true]]);
});

test("a reply that the user stops keeps what was heard, whatever the server says that it had to say", () => {
  let now = captions.played(follow([words("b", "heard.", 0), words("b", "never", 900)]), "b", 850);
  now = follow([words("b", "again", 1800), done("b", "heard. never again", "incomplete")], captions.stopped(now));
  assert.deepEqual(texts(now), [["bot", "heard.", true]]);
});

test("a server that knows nothing is given what was said and heard, and an unanswered question", () => {
  let now = follow([[completed, { item_id: "a", transcript: "hi" }], words("b", "hello", 0), done("b", "hello"), [completed, { item_id: "c", transcript: "why" }]]);
  now = captions.noted(now, "lost");
  const { items, unanswered } = captions.missing(now, false);
  assert.deepEqual(items.map(({ role, content }) => [role, content[0].type, content[0].text]), [
    ["user", "input_text", "hi"],
    ["assistant", "output_text", "hello"],
    ["user", "input_text", "why"],
  ]);
  assert.equal(unanswered, true);
});

test("a server that found the conversation again is given only the question that it did not hear", () => {
  const now = follow([[completed, { item_id: "a", transcript: "hi" }], words("b", "hello", 0), done("b", "hello"), [completed, { item_id: "c", transcript: "why" }]]);
  const known = [{ role: "user", text: "hi" }, { role: "assistant", text: "hello" }];
  const lost = captions.missing(now, known);
  assert.deepEqual([lost.items.map(({ content }) => content[0].text), lost.unanswered], [["why"], true]);
  assert.deepEqual(captions.missing(now, [...known, { role: "user", text: "why" }]), { items: [], unanswered: false });
  const typed = captions.missing(captions.typed(captions.typed(now, "one"), "two"), [...known, { role: "user", text: "why" }]);
  assert.deepEqual([typed.items.map(({ content }) => content[0].text), typed.unanswered], [["one", "two"], true]);
});

test("a reply that the connection cut is remembered as far as it was heard", () => {
  let now = captions.played(follow([words("b", "heard.", 0), words("b", "never", 900)]), "b", 850);
  assert.deepEqual(captions.missing(now, false).items.map(({ content }) => content[0].text), ["heard."]);
  now = captions.noted(now, "lost");
  assert.deepEqual(texts(now)[0], ["bot", "heard.", true]);
});

test("a tool is shown at work, and with how it ended", () => {
  const works = follow([[completed, { item_id: "a", transcript: "?" }], ["voicebot.tool.started", { call_id: "t", name: "look_up" }]]);
  assert.equal(captions.toolAtWork(works).name, "look_up");
  const over = follow([["voicebot.tool.ended", { call_id: "t", outcome: "ok", seconds: 0.4 }]], works);
  assert.deepEqual([captions.toolAtWork(over), over.lines[0].tools[0].seconds], [undefined, 0.4]);
  const lost = captions.noted(works, "lost");
  assert.deepEqual([captions.toolAtWork(lost), lost.lines[0].tools[0].outcome], [undefined, "cancelled"]);
});

test("the waterfall counts from where the user fell silent, and shows a reply that was prepared", () => {
  const { steps, total, ahead } = waterfall({
    speech_stopped: 10, final: 10.4, prepared_at: 10.2, decided: 10.5, first_token: 10.3, first_unit: 10.35, first_byte: 10.6, first_sound: 10.75,
  });
  assert.deepEqual([seconds(total), ahead], ["750 ms", true]);
  assert.deepEqual(steps.map(({ name, from, to }) => [name, seconds(from), seconds(to)])[2], ["Model begins", "200 ms", "300 ms"]);
  assert.equal(waterfall({ speech_stopped: 1, first_sound: null }), null);
});

test("what did not happen is not in the waterfall", () => {
  const { steps } = waterfall({ speech_stopped: 1, decided: 2, final: null, first_byte: 2.5, first_sound: 2.6 });
  assert.deepEqual(steps.map(({ name }) => name), ["Turn over", "Sound sent"]);
});

test("where sound of an item begins is known from what came before", () => {
  const delta = (count) => ["response.output_audio.delta", { item_id: "b", delta: encode(new Int16Array(count)) }];
  assert.equal(follow([delta(480), delta(481), delta(7)]).samples.b, 968);
});

test("sound survives the wire", () => {
  const samples = Int16Array.from({ length: 20000 }, (_, index) => ((index * 7919) % 65536) - 32768);
  assert.deepEqual(decode(encode(samples)), samples);
  assert.equal(encode(Int16Array.of(1, -2)), Buffer.from([1, 0, 254, 255]).toString("base64"));
});
