// What the page is doing, as a pure function: state and event in, state and effects out. Times are in seconds.

const BACKOFF = [0.2, 0.5, 1, 2, 4, 8, 15];
const STABLE = 10; // a connection that held for so long has nothing to do with the next failure
const PING = 4; // without a word of the server, ask for one
const LOST = 9; // and then take the connection for lost
const OFFLINE = 3; // sooner if the browser says so
const IDLE = 600; // nobody speaks: give the place to somebody else
const SHORTEST_HOLD = 0.15;

const HOPELESS = { access: "key", origin: "origin", bot: "bot" };
const FOR_LATER = { gone: "network", store: "unavailable", full: "full", busy: "busy", limit: "limit", draining: "draining", rate: "rate" };
const CODES = { 4401: "access", 4403: "origin", 4404: "bot", 4410: "gone", 4429: "limit", 4503: "full" };

export const initial = Object.freeze({
  phase: "idle", // idle, opening, connecting, live, waiting, over
  problem: null, // a key of `problems.js`
  microphone: "off", // off, asking, on, or why not: denied, missing, unusable, insecure
  muted: false,
  paused: false, // the browser plays nothing until it is tapped
  mode: "open", // open: the server hears when a turn is over; hold: the user holds a button
  heldSince: null,
  replying: false, // whether there is a response that can be stopped
  key: "",
  attempt: 0,
  connectedAt: 0,
  heardAt: 0, // when the server last said something
  pinged: false,
  offline: false, // what the browser says, which may not concern a server on this machine
  activeAt: 0, // when somebody last spoke or typed
  retryAt: null,
  hasTalked: false, // whether there is a conversation to go on with
  resume: null, // {token, turns, next}: how the server finds it again; sound of the answer to turn `turns` has come
  lines: [], // typed before there was a connection
});

const turnTaking = (mode, more = {}) => ({
  type: "session.update",
  session: {
    type: "realtime",
    audio: { input: { turn_detection: mode === "hold" ? null : { type: "semantic_vad" } } },
    ...more,
  },
});
const send = (message) => ({ do: "send", message });
const ping = send({ type: "session.update", session: { type: "realtime" } }); // is answered, changes nothing
const lost = (state) => (state.offline ? "offline" : "network");
const typed = (text) => [
  send({
    type: "conversation.item.create",
    item: { type: "message", role: "user", content: [{ type: "input_text", text }] },
  }),
  send({ type: "response.create" }),
];

/** Whether the microphone's sound goes to the server. */
export const listens = (state) =>
  state.phase === "live" && state.microphone === "on" && (state.mode === "open" || state.heldSince !== null);

/** Return the next state, and what has to be done. Every event has a `type` and a time `at`. */
export function step(state, event) {
  const handle = handlers[event.type];
  const [next, effects = []] = (handle && handle(state, event)) || [state];
  const capture = listens(next);
  if (capture !== listens(state)) effects.push({ do: "capture", on: capture });
  return { state: next, effects };
}

const isOpen = (state) => ["connecting", "live", "waiting"].includes(state.phase);

function start(state, event, microphone) {
  const next = { ...state, problem: null, attempt: 0, activeAt: event.at, retryAt: null };
  if (!microphone) return connecting(next, event, [{ do: "openSound" }]);
  return [
    { ...next, phase: "opening", microphone: "asking", muted: false },
    [{ do: "openSound" }, { do: "openMicrophone" }],
  ];
}

const connecting = (state, event, first = []) => [
  { ...state, phase: "connecting", heardAt: event.at, pinged: false },
  [...first, { do: "connect", key: state.key, resume: state.resume && `${state.resume.token}.${state.resume.turns}` }],
];

function later(state, event, problem, seconds) {
  const attempt = event.at - state.connectedAt > STABLE && state.phase === "live" ? 0 : state.attempt;
  const wait = Math.max(seconds || 0, BACKOFF[Math.min(attempt, BACKOFF.length - 1)]);
  return [
    { ...state, phase: "waiting", problem, attempt: attempt + 1, retryAt: event.at + wait, heldSince: null, replying: false },
    [{ do: "disconnect" }, { do: "clearSound" }],
  ];
}

function over(state, problem, sound = "closeSound") {
  const quiet = { microphone: "off", heldSince: null, replying: false, retryAt: null, paused: false };
  const next = { ...state, ...quiet, phase: "over", problem, hasTalked: state.hasTalked && problem !== null, resume: null };
  return [next, [{ do: "disconnect" }, { do: sound }]];
}

function refused(state, event) {
  if (!isOpen(state)) return null;
  if (event.code in HOPELESS) return over(state, HOPELESS[event.code]);
  const known = event.code === "gone" ? { ...state, resume: null } : state; // the page still knows what was said
  return later(known, event, FOR_LATER[event.code] || "unavailable", event.retryAfter);
}

function release(state, keep) {
  const next = { ...state, heldSince: null };
  if (!keep) return [next, [send({ type: "input_audio_buffer.clear" })]];
  return [next, [send({ type: "input_audio_buffer.commit" }), send({ type: "response.create" })]];
}

const stopReply = (state) =>
  state.replying ? [send({ type: "response.cancel" }), { do: "clearSound" }] : [{ do: "clearSound" }];

const handlers = {
  // The user
  start: (state, event) => (["idle", "over"].includes(state.phase) ? start(state, event, true) : null),
  stop: (state) => (state.phase === "idle" ? null : over(state, null)),
  microphone: (state) =>
    isOpen(state) && !["on", "asking"].includes(state.microphone)
      ? [{ ...state, microphone: "asking", muted: false }, [{ do: "openMicrophone" }]]
      : null,
  mute: (state) => {
    const muted = !state.muted;
    return [{ ...state, muted }, [{ do: "mute", on: muted }]];
  },
  mode: (state, event) => {
    if (event.mode === state.mode) return null;
    const live = state.phase === "live";
    const taken = state.heldSince === null ? [] : [send({ type: "input_audio_buffer.clear" })];
    return [{ ...state, mode: event.mode, heldSince: null }, live ? [...taken, send(turnTaking(event.mode))] : []];
  },
  holdStart: (state, event) => {
    if (state.phase !== "live" || state.mode !== "hold" || state.microphone !== "on" || state.heldSince !== null)
      return null;
    return [{ ...state, heldSince: event.at, activeAt: event.at, replying: false }, stopReply(state)];
  },
  holdEnd: (state, event) =>
    state.heldSince === null ? null : release(state, event.at - state.heldSince >= SHORTEST_HOLD),
  holdCancel: (state) => (state.heldSince === null ? null : release(state, false)),
  stopReply: (state) => (state.replying ? [{ ...state, replying: false }, stopReply(state)] : null),
  line: (state, event) => {
    const now = { ...state, activeAt: event.at };
    if (state.phase === "live") return [{ ...now, replying: false }, [...stopReply(state), ...typed(event.text)]];
    const next = { ...now, lines: [...state.lines, event.text] };
    return ["idle", "over"].includes(state.phase) ? start(next, event, false) : [next];
  },
  key: (state, event) =>
    start({ ...state, key: event.key }, event, state.hasTalked || !state.lines.length),

  // The devices
  microphoneOpened: (state, event) => {
    if (!isOpen(state) && state.phase !== "opening") return [state, [{ do: "closeSound" }]];
    const next = { ...state, microphone: "on" };
    return state.phase === "opening" ? connecting(next, event) : [next];
  },
  microphoneFailed: (state, event) => {
    const next = { ...state, microphone: event.reason };
    return state.phase === "opening" ? connecting(next, event) : [next];
  },
  microphoneLost: (state) =>
    state.microphone === "on" ? [{ ...state, microphone: "asking", heldSince: null }, [{ do: "openMicrophone" }]] : null,

  sound: (state, event) => [{ ...state, paused: event.paused }],

  // The server
  message: (state, event) => {
    if (!isOpen(state)) return null;
    const handle = messages[event.message.type];
    const next = { ...state, heardAt: event.at, pinged: false };
    return (handle && handle(next, event.message, event)) || [next];
  },
  refused,
  closed: (state, event) => {
    if (!isOpen(state) || state.phase === "waiting") return null;
    if (event.code in CODES) return refused(state, { ...event, code: CODES[event.code] });
    if (event.code === 1000) return over(state, null, "finishSound");
    if (event.code === 1001 && !listens(state)) return over(state, "idle");
    return later(state, event, { 1008: "dropped", 1011: "broken", 1012: "draining" }[event.code] || lost(state));
  },
  offline: (state, event) => {
    const next = { ...state, offline: true };
    if (state.phase !== "live") return [next];
    return [{ ...next, heardAt: Math.min(state.heardAt, event.at - LOST + OFFLINE), pinged: true }, [ping]];
  },
  online: (state, event) => {
    const next = { ...state, offline: false };
    return [state.phase === "waiting" ? { ...next, attempt: 0, retryAt: event.at } : next];
  },

  tick: (state, event) => {
    if (state.phase === "waiting" && event.at >= state.retryAt) return connecting(state, event);
    if (state.phase === "connecting" && event.at - state.heardAt > LOST) return later(state, event, lost(state));
    if (state.phase !== "live") return null;
    if (event.at - state.activeAt > IDLE) return over(state, "idle");
    if (event.at - state.heardAt > LOST) return later(state, event, lost(state));
    if (event.at - state.heardAt > PING && !state.pinged) return [{ ...state, pinged: true }, [ping]];
    return null;
  },
};

const active = (state, _, event) => [{ ...state, activeAt: event.at }];

const messages = {
  "session.created": (state, message, event) => {
    const { resume: token, resumed = false, messages: known = [] } = message.session?.voicebot || {};
    const turns = (resumed && state.resume?.turns) || 0;
    const since = { connectedAt: event.at, activeAt: event.at, resume: token ? { token, turns, next: turns } : null };
    const next = { ...state, ...since, phase: "live", problem: null, hasTalked: true, lines: [] };
    if (!state.hasTalked) {
      const first = [send(turnTaking(state.mode)), { do: "begin", lines: state.lines.length }];
      return [next, [...first, ...state.lines.flatMap(typed)]];
    }
    return [next, [send(turnTaking(state.mode, { voicebot: { greets: false } })), { do: "goOn", resumed, known }]];
  },
  "session.updated": (state, message) => {
    const isHold = message.session?.audio?.input?.turn_detection === null;
    if (state.mode !== "hold" || isHold) return null;
    return [{ ...state, mode: "open", heldSince: null, problem: "noHold" }];
  },
  "response.created": (state, _, event) => [{ ...state, replying: true, activeAt: event.at }],
  "response.done": (state, _, event) => [{ ...state, replying: false, activeAt: event.at }],
  "input_audio_buffer.speech_started": active,
  "voicebot.user.partial": active,
  "voicebot.answering": (state, { turn }) => [{ ...state, resume: state.resume && { ...state.resume, next: turn } }],
  "response.output_audio.delta": (state) =>
    state.resume && state.resume.turns !== state.resume.next
      ? [{ ...state, resume: { ...state.resume, turns: state.resume.next } }]
      : null,
  "output_audio_buffer.cleared": (state) => [state, [{ do: "clearSound" }]],
  error: (state, message, event) => {
    const { code } = message.error || {};
    if (state.phase === "connecting" && (code in HOPELESS || code in FOR_LATER))
      return refused(state, { at: event.at, code });
    return code === "conversation_failed" ? later(state, event, "broken") : null;
  },
};
