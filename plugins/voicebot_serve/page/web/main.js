// Connects the parts: what happens changes the state, and its effects are carried out.

import { Sound } from "./audio.js";
import { Connection } from "./connection.js";
import * as captions from "./conversation.js";
import { connectControls } from "./controls.js";
import { decode, encode } from "./protocol.js";
import { initial, listens, step } from "./session.js";
import { connectSettings } from "./settings.js";
import { Transcript } from "./transcript.js";
import { View } from "./view.js";

const TICK = 250;
const REPORT = 0.2; // seconds between reports of what is on its way to the ear, and cannot be taken back

let state = initial;
let conversation = captions.initial;
let positions = {}; // samples of each item that have come
let reported = { item: null, at: 0 };
let isDue = false;
let settings = {};

const now = () => performance.now() / 1000;
const connection = new Connection(tell);
const sound = new Sound(tell);
const view = new View();
const transcript = new Transcript(document.getElementById("lines"), document.getElementById("scroll"));

function tell(event) {
  if (event.type === "line") conversation = captions.typed(captions.stopped(conversation), event.text);
  const { state: next, effects } = step(state, { ...event, at: now() });
  state = next;
  if (event.type === "message") receive(event.message);
  for (const effect of effects) run[effect.do](effect);
  render();
}

const run = {
  openSound: () => sound.open(),
  openMicrophone: () => sound.openMicrophone(),
  closeSound: () => sound.close(),
  finishSound: () => sound.finish(),
  clearSound: () => sound.clear(),
  mute: ({ on }) => sound.mute(on),
  capture: () => view.level(0),
  connect: ({ key, resume }) => connection.connect(key, resume),
  disconnect: () => connection.disconnect(),
  send: ({ message }) => {
    if (message.type === "response.cancel") conversation = captions.stopped(conversation);
    connection.send(message);
  },
  begin: ({ lines }) => {
    conversation = { ...captions.initial, lines: conversation.lines.slice(conversation.lines.length - lines) };
  },
  goOn: ({ resumed, known }) => {
    const { items, unanswered } = captions.missing(conversation, resumed && known);
    conversation = captions.noted(conversation, "Connected again");
    for (const item of items) connection.send({ type: "conversation.item.create", item });
    if (unanswered) connection.send({ type: "response.create" });
  },
};

function receive(message) {
  if (message.type === "response.output_audio.delta") {
    const samples = decode(message.delta);
    const start = positions[message.item_id] || 0;
    positions = { [message.item_id]: start + samples.length };
    sound.play(samples, message.item_id, start);
  }
  if (message.type === "session.created") positions = {};
  const before = conversation.lines;
  conversation = captions.observe(conversation, message);
  if (settings.captions) announce(before, message);
}

/** Have a screen reader say what was said, once it is complete. */
function announce(before, message) {
  if (message.type === "voicebot.reply.words") view.announce(message.text);
  const last = conversation.lines.findLast(({ role, done }) => role === "user" && done);
  if (last && last !== before.findLast(({ role, done }) => role === "user" && done)) view.announce(`You: ${last.text}`);
}

sound.onFrame = ({ samples, peak }) => {
  if (!listens(state)) return;
  connection.send({ type: "input_audio_buffer.append", audio: encode(samples) });
  view.level(peak);
};
sound.onPlayed = ({ item, ms, audibleMs, idle }) => {
  if (!item) return;
  conversation = captions.played(conversation, item, audibleMs);
  if (idle || item !== reported.item || now() - reported.at > REPORT) {
    reported = { item: idle ? null : item, at: now() };
    connection.send({ type: "voicebot.playing", item_id: item, audio_ms: Math.floor(ms) });
  }
  render();
};
sound.onCleared = ({ item, ms }) => {
  if (!item) return;
  conversation = captions.played(conversation, item, ms);
  connection.send({ type: "conversation.item.truncate", item_id: item, content_index: 0, audio_end_ms: Math.floor(ms) });
};

function render() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    view.render(state, conversation);
    transcript.render(conversation, settings);
  });
}

settings = connectSettings(sound, tell, () => state);
connectControls(tell, () => state);
for (const type of ["pointerdown", "keydown"]) document.addEventListener(type, () => sound.wake());
setInterval(() => state.phase !== "idle" && state.phase !== "over" && tell({ type: "tick" }), TICK);
render();
