// What was said, heard and done, as a pure function of what the server and the player tell.

export const initial = Object.freeze({
  lines: [], // {key, id, role: user|bot|note, text, done, units, spokenMs, cut, tools, timed}
  user: "silent", // silent, speaking
  bot: "silent", // silent, thinking, speaking, lowered
  tools: [], // at work now: {id, name}
  itemMs: {}, // sound of each item that has come so far
});

let count = 0;
const line = (role, fields) => ({
  key: `line${++count}`, id: null, role, text: "", done: false, units: [], spokenMs: 0, cut: false, tools: [], timed: null,
  ...fields,
});

/** Return the conversation after a message of the server. */
export function observe(conversation, message) {
  const handle = handlers[message.type];
  return handle ? handle(conversation, message) : conversation;
}

/** Return the conversation after the player has played an item up to a time. */
export const played = (conversation, id, ms) =>
  change(conversation, id, (each) => ({ ...each, spokenMs: Math.max(each.spokenMs, ms) }));

/** Return the conversation after the user has stopped the bot: the server does not tell what of it was heard. */
export const stopped = (conversation) => ({ ...conversation, lines: conversation.lines.map(cutShort) });

const cutShort = (each) =>
  each.role === "bot" && !each.done ? { ...each, text: heardOf(each), done: true, cut: true } : each;

/** Return the conversation with a typed line. */
export const typed = (conversation, text) => add(conversation, line("user", { text, done: true }));

/** Return the conversation with a remark of the page, such as that the connection was lost. */
export const noted = (conversation, text) => add(closed(conversation), line("note", { text, done: true }));

/** Return how much of a bot's line was heard: its characters. */
export function spokenLength(each, soundMs = 0) {
  if (each.done) return each.text.length;
  let length = 0;
  each.units.forEach(({ text, startMs }, index) => {
    if (each.spokenMs < startMs) return;
    const next = each.units[index + 1];
    const endMs = next ? next.startMs : Math.max(soundMs, startMs + text.length * 70);
    const share = Math.min(1, (each.spokenMs - startMs + 120) / Math.max(1, endMs - startMs));
    const cut = share < 1 ? text.lastIndexOf(" ", Math.ceil(text.length * share)) : text.length;
    length += (index ? 1 : 0) + Math.max(0, cut);
  });
  return Math.min(length, each.text.length);
}

/**
 * Return the items that a server has to be given, and whether an answer is due. One that has found the conversation
 * again knows everything, perhaps except what the user said last.
 */
export function missing(conversation, known, most = 40) {
  const said = conversation.lines
    .filter(({ role }) => role !== "note")
    .map((each) => ({ role: each.role === "bot" ? "assistant" : "user", text: heardOf(each) }))
    .filter(({ text }) => text);
  const open = said.slice(said.findLastIndex(({ role }) => role === "assistant") + 1);
  const last = known && known.findLast(({ role }) => role === "user")?.text;
  const unknown = open.slice(open.findLastIndex(({ text }) => text === last) + 1);
  const items = (known ? unknown : said.slice(-most)).map(({ role, text }) => ({
    type: "message",
    role,
    content: [{ type: role === "user" ? "input_text" : "output_text", text }],
  }));
  return { items, unanswered: (known ? unknown : open).length > 0 };
}

const heardOf = (each) => (each.role === "bot" ? each.text.slice(0, spokenLength(each)) : each.done ? each.text : "");

const add = (conversation, each) => ({ ...conversation, lines: [...conversation.lines, each] });

function change(conversation, id, how) {
  const index = conversation.lines.findLastIndex((each) => each.id === id);
  return index < 0 ? conversation : replace(conversation, index, how);
}

const replace = (conversation, index, how) => ({
  ...conversation,
  lines: conversation.lines.with(index, how(conversation.lines[index])),
});

/** Nothing more comes for lines that are open: a connection ended. */
function closed(conversation) {
  const lines = conversation.lines.filter((each) => each.done || each.role === "bot").map(cutShort);
  return { ...conversation, lines, user: "silent", bot: "silent", tools: [] };
}

/** Change the words of the user's turn, which is the last line or the one before an answer that is cut short. */
function hear(conversation, text) {
  const index = conversation.lines.findLastIndex((each) => each.role === "user" && !each.done);
  if (index >= 0) return replace(conversation, index, (each) => ({ ...each, text }));
  return text ? add(conversation, line("user", { text })) : conversation;
}

function heardWhole(conversation, id, text) {
  const index = conversation.lines.findLastIndex((each) => each.role === "user" && !each.done);
  if (!text) return index < 0 ? conversation : { ...conversation, lines: conversation.lines.toSpliced(index, 1) };
  if (index < 0) return add(conversation, line("user", { id, text, done: true }));
  return replace(conversation, index, (each) => ({ ...each, id, text, done: true }));
}

function speak(conversation, { item_id: id, text, audio_start_ms: startMs = 0 }) {
  if (!id) return conversation;
  const exists = conversation.lines.some((each) => each.id === id);
  const now = exists ? conversation : add(conversation, line("bot", { id }));
  const more = (each) => ({
    ...each,
    text: each.text ? `${each.text} ${text}` : text,
    units: [...each.units, { text, startMs }],
  });
  return change({ ...now, bot: "speaking" }, id, (each) => (each.done ? each : more(each)));
}

function spoken(conversation, item) {
  if (item.type !== "message" || item.role !== "assistant") return conversation;
  const text = item.content?.[0]?.transcript ?? item.content?.[0]?.text;
  return change(conversation, item.id, (each) =>
    each.done ? each : { ...each, text: text ?? each.text, done: true, cut: item.status === "incomplete" },
  );
}

/** Attach something to the last line of the bot, or of the user if the bot has not said anything since. */
function attach(conversation, how) {
  const index = conversation.lines.findLastIndex((each) => each.role !== "note");
  return index < 0 ? conversation : replace(conversation, index, how);
}

const handlers = {
  "input_audio_buffer.speech_started": (now) => ({ ...now, user: "speaking" }),
  "input_audio_buffer.speech_stopped": (now) => ({ ...now, user: "silent" }),
  "input_audio_buffer.cleared": (now) => heardWhole({ ...now, user: "silent" }, null, ""),
  "voicebot.user.partial": (now, { text }) => hear(now, text),
  "voicebot.user.final": (now, { text }) => hear(now, text),
  "voicebot.user.corrected": (now, { text, item_id: id }) =>
    id ? change(now, id, (each) => ({ ...each, text })) : now,
  "conversation.item.input_audio_transcription.completed": (now, { item_id: id, transcript }) =>
    heardWhole(now, id, transcript),
  "response.created": (now) => ({ ...now, bot: "thinking" }),
  "response.output_audio.delta": (now, { item_id: id, delta }) => ({
    ...now,
    itemMs: { ...now.itemMs, [id]: (now.itemMs[id] || 0) + (delta.length * 0.75) / 48 },
  }),
  "response.output_item.done": (now, { item }) => spoken(now, item),
  "response.done": (now, { response }) => {
    const next = { ...now, bot: "silent", itemMs: {} };
    return response?.status === "failed" ? noted(next, "The bot could not answer. Try again.") : next;
  },
  "voicebot.reply.words": speak,
  "voicebot.reply.ducked": (now) => ({ ...now, bot: "lowered" }),
  "voicebot.reply.resumed": (now) => ({ ...now, bot: "speaking" }),
  "voicebot.reply.corrected": (now, { item_id: id, heard }) => change(now, id, (each) => ({ ...each, text: heard })),
  "voicebot.tool.started": (now, { call_id: id, name }) =>
    attach({ ...now, tools: [...now.tools, { id, name }] }, (each) => ({
      ...each,
      tools: [...each.tools, { id, name, outcome: null, seconds: null }],
    })),
  "voicebot.tool.ended": (now, { call_id: id, outcome, seconds }) => {
    const lines = now.lines.map((each) => ({
      ...each,
      tools: each.tools.map((tool) => (tool.id === id ? { ...tool, outcome, seconds } : tool)),
    }));
    return { ...now, lines, tools: now.tools.filter((tool) => tool.id !== id) };
  },
  "voicebot.turn.timed": (now, timed) => attach(now, (each) => ({ ...each, timed })),
};
