// What was said, heard and done, as a pure function of what the server and the player tell.

export const initial = Object.freeze({
  lines: [], // see `blank`
  bot: "silent", // silent, thinking, speaking, lowered
  samples: {}, // of each item of the bot that have come so far
});

/** A line; `role` is user, bot or note. */
const blank = { id: null, text: "", done: false, units: [], spokenMs: 0, cut: false, tools: [], timed: null };
const AHEAD = 120; // milliseconds by which words are shown early
const LETTER = 70; // milliseconds that a letter takes at least, if it is not known how long its words are
const MOST = 40; // lines that a server is given

let count = 0;

/** Return the conversation after a message of the server. */
export const observe = (now, message) => handlers[message.type]?.(now, message) || now;

/** Return the conversation after the player has played an item up to a time. */
export const played = (now, id, ms) =>
  change(now, isItem(id), ({ spokenMs }) => ({ spokenMs: Math.max(spokenMs, ms) }));

/** Return the conversation after the user has stopped the bot: the server does not tell what of it was heard. */
export const stopped = (now) => ({ ...now, lines: now.lines.map(cutShort) });

/** Return the conversation with a typed line. */
export const typed = (now, text) => add(now, "user", text);

/** Return the conversation after its connection was lost, which a note tells: nothing more comes for open lines. */
export function noted(now, text) {
  const end = (tool) => (isAtWork(tool) ? { ...tool, outcome: "cancelled" } : tool);
  const lines = withoutOpen(now).lines.map((each) => ({ ...cutShort(each), tools: each.tools.map(end) }));
  return add({ ...initial, lines }, "note", text);
}

/** Return the tool that runs, if one does. */
export const toolAtWork = ({ lines }) => lines.flatMap(({ tools }) => tools).findLast(isAtWork);

/** Return how much of a bot's line was heard: its characters. */
export function spokenLength(each, samples = 0) {
  if (each.done) return each.text.length;
  let length = 0;
  each.units.forEach(({ text, startMs }, index) => {
    if (each.spokenMs < startMs) return;
    const endMs = each.units[index + 1]?.startMs ?? Math.max(samples / 24, startMs + text.length * LETTER);
    const share = (each.spokenMs - startMs + AHEAD) / Math.max(1, endMs - startMs);
    const cut = share < 1 ? text.lastIndexOf(" ", Math.ceil(text.length * share)) : text.length;
    length += (index ? 1 : 0) + Math.max(0, cut);
  });
  return Math.min(length, each.text.length);
}

/** Return something said as an item of the protocol. */
export const itemOf = (role, text) => ({
  type: "message",
  role,
  content: [{ type: role === "user" ? "input_text" : "output_text", text }],
});

/**
 * Return the items that a server has to be given, and whether an answer is due. One that has found the conversation
 * again knows everything, perhaps except what the user said last.
 */
export function missing({ lines }, known) {
  const said = lines
    .filter(isAnyone)
    .map((each) => ({ role: each.role === "bot" ? "assistant" : "user", text: heardOf(each) }))
    .filter(({ text }) => text);
  const open = said.slice(said.findLastIndex(({ role }) => role === "assistant") + 1);
  const last = known && known.findLast(({ role }) => role === "user")?.text;
  const unknown = open.slice(open.findLastIndex(({ text }) => text === last) + 1);
  const items = (known ? unknown : said.slice(-MOST)).map(({ role, text }) => itemOf(role, text));
  return { items, unanswered: unknown.length > 0 };
}

const isItem = (id) => (each) => each.id === id;
const isOpen = ({ role, done }) => role === "user" && !done;
const isAnyone = ({ role }) => role !== "note";
const isAtWork = ({ outcome }) => outcome === null;

const heardOf = (each) => (each.role === "bot" ? each.text.slice(0, spokenLength(each)) : each.done ? each.text : "");
const cutShort = (each) =>
  each.role === "bot" && !each.done ? { ...each, text: heardOf(each), done: true, cut: true } : each;

/** Change the last line that fits; if there is none, a new one of a role, if one is given. */
function change(now, fits, how, role) {
  const found = now.lines.findLastIndex(fits);
  if (found < 0 && !role) return now;
  const each = now.lines[found] || { ...blank, key: ++count, role };
  const lines = [...now.lines];
  lines[found < 0 ? lines.length : found] = { ...each, ...how(each) };
  return { ...now, lines };
}

const add = (now, role, text) => change(now, () => false, () => ({ text, done: true }), role);

/** Without the turn of the user, which is the last line, or the one before an answer that is cut short. */
const withoutOpen = (now) => ({ ...now, lines: now.lines.filter((each) => !isOpen(each)) });

const hear = (now, { text }) => change(now, isOpen, () => ({ text }), text && "user");

function speak(now, { item_id: id, text, audio_start_ms: startMs = 0 }) {
  if (!id) return now;
  const more = (each) =>
    !each.done && { id, text: each.text ? `${each.text} ${text}` : text, units: [...each.units, { text, startMs }] };
  return change({ ...now, bot: "speaking" }, isItem(id), more, "bot");
}

const handlers = {
  "input_audio_buffer.cleared": withoutOpen,
  "voicebot.user.partial": hear,
  "voicebot.user.final": hear,
  "voicebot.user.corrected": (now, { text, item_id: id }) => id && change(now, isItem(id), () => ({ text })),
  "conversation.item.input_audio_transcription.completed": (now, { item_id: id, transcript: text }) =>
    text ? change(now, isOpen, () => ({ id, text, done: true }), "user") : withoutOpen(now),
  "response.created": (now) => ({ ...now, bot: "thinking" }),
  "response.output_audio.delta": (now, { item_id: id, delta }) => {
    const more = (delta.replace(/=+$/, "").length * 3) >> 3; // base64 of 16 bits
    return { ...now, samples: { ...now.samples, [id]: (now.samples[id] || 0) + more } };
  },
  "response.output_item.done": (now, { item: { id, status, content: [said] = [] } }) => {
    const text = said?.transcript ?? said?.text;
    const end = (each) => !each.done && { text: text ?? each.text, done: true, cut: status === "incomplete" };
    return change(now, isItem(id), end);
  },
  "response.done": (now, { response }) => {
    const next = { ...now, bot: "silent", samples: {} };
    return response?.status === "failed" ? noted(next, "The bot could not answer. Try again.") : next;
  },
  "voicebot.reply.words": speak,
  "voicebot.reply.ducked": (now) => ({ ...now, bot: "lowered" }),
  "voicebot.reply.resumed": (now) => ({ ...now, bot: "speaking" }),
  "voicebot.reply.corrected": (now, { item_id: id, heard: text }) => change(now, isItem(id), () => ({ text })),
  "voicebot.tool.started": (now, { call_id: id, name }) =>
    change(now, isAnyone, ({ tools }) => ({ tools: [...tools, { id, name, outcome: null }] })),
  "voicebot.tool.ended": (now, { call_id: id, outcome, seconds }) => {
    const end = (tool) => (tool.id === id ? { ...tool, outcome, seconds } : tool);
    return { ...now, lines: now.lines.map((each) => ({ ...each, tools: each.tools.map(end) })) };
  },
  "voicebot.turn.timed": (now, timed) => change(now, isAnyone, () => ({ timed })),
};
