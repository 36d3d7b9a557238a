// Connects the parts: what happens changes the state, and its effects are carried out.

import { Sound } from "./audio.js";
import { Connection, decode, encode } from "./connection.js";
import { connectControls } from "./controls.js";
import * as captions from "./conversation.js";
import { initial, isIdle, listens, step } from "./session.js";
import { connectSettings } from "./settings.js";
import { Transcript } from "./transcript.js";
import { View } from "./view.js";

const TICK = 250;

let state = initial;
let conversation = captions.initial;
let isDue = false;

const connection = new Connection(tell);
const sound = new Sound({ tell, onFrame, onPlayed });
const view = new View();
const transcript = new Transcript();

function tell(type, fields) {
  if (type === "line") conversation = captions.typed(captions.stopped(conversation), fields.text);
  const { state: next, effects } = step(state, { type, ...fields, at: performance.now() / 1000 });
  state = next;
  sound.mute(state.muted);
  if (type === "message") receive(fields.message);
  for (const [name, what] of effects) run[name](what);
  render();
}

const run = {
  sound: (method) => {
    if (method === "close") conversation = captions.stopped(conversation);
    sound[method]();
  },
  connect: () => connection.connect(state.key, state.resume && `${state.resume.token}.${state.resume.turns}`),
  disconnect: () => connection.disconnect(),
  send: (message) => {
    if (message.type === "response.cancel") conversation = captions.stopped(conversation);
    connection.send(message);
  },
  begin: (typed) => {
    conversation = { ...captions.initial, lines: conversation.lines.slice(conversation.lines.length - typed) };
  },
  goOn: (known) => {
    const { items, unanswered } = captions.missing(conversation, known);
    conversation = captions.noted(conversation, "Connected again");
    for (const item of items) connection.send({ type: "conversation.item.create", item });
    if (unanswered) connection.send({ type: "response.create" });
  },
};

function receive(message) {
  const { type, item_id: item, text, transcript: heard } = message;
  if (type === "response.output_audio.delta")
    sound.play(decode(message.delta), item, conversation.samples[item] || 0);
  conversation = captions.observe(conversation, message);
  if (!settings.captions) return;
  if (type === "voicebot.reply.words") view.announce(text);
  if (type.endsWith("transcription.completed") && heard) view.announce(`You: ${heard}`);
}

function onFrame({ samples, peak }) {
  if (!listens(state)) return;
  connection.send({ type: "input_audio_buffer.append", audio: encode(samples) });
  view.level(peak);
}

function onPlayed({ item, ms, audibleMs, cleared }) {
  if (!item) return;
  conversation = captions.played(conversation, item, audibleMs);
  const end = Math.floor(ms);
  const stopped = { type: "conversation.item.truncate", item_id: item, content_index: 0, audio_end_ms: end };
  connection.send(cleared ? stopped : { type: "voicebot.playing", item_id: item, audio_ms: end });
  render();
}

function render() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    view.render(state, conversation);
    transcript.render(conversation, settings.timing);
  });
}

const settings = connectSettings(sound, tell, () => state);
connectControls(tell, () => state);
window.onresize = render;
window.onpointerdown = window.onkeydown = () => sound.wake();
setInterval(() => isIdle(state) || tell("tick"), TICK);
render();
