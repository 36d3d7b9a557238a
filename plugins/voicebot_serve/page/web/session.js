// What the page is doing, as a pure function: state and event in, state and effects out. Times are in seconds.

import { itemOf } from "./conversation.js";

const SHORTEST_WAIT = 0.2; // before another attempt; it doubles
const LONGEST_WAIT = 15;
const STABLE = 10; // a connection that held for so long has nothing to do with the next failure
const PING = 4; // without a word of the server, ask for one
const LOST = 9; // and then take the connection for lost
const OFFLINE = 3; // sooner if the browser says so
const IDLE = 600; // nobody speaks: give the place to somebody else
const SHORTEST_HOLD = 0.15;

const HOPELESS = ["access", "origin", "bot"]; // to try again
const CODES = { 1011: "broken", 1012: "draining" }; // refusals are told in words before

export const initial = Object.freeze({
  phase: "idle", // idle, opening, connecting, live, waiting, over
  problem: null, // a key of the problems in `view.js`
  microphone: "off", // off, asking, on, or why not: denied, missing, unusable, soundless, insecure
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
  retryAt: 0,
  hasTalked: false, // whether there is a conversation to go on with
  resume: null, // {token, turns, next}: how the server finds it again; sound of the answer to turn `turns` has come
  lines: [], // typed before there was a connection
});

/** Whether there is no conversation. */
export const isIdle = ({ phase }) => phase === "idle" || phase === "over";

/** Whether holding a button starts a turn. */
export const canHold = ({ phase, mode, microphone }) => phase === "live" && mode === "hold" && microphone === "on";

/** Whether the microphone's sound goes to the server. */
export const listens = ({ phase, mode, microphone, heldSince }) =>
  phase === "live" && microphone === "on" && (mode === "open" || heldSince !== null);

/** Return the next state after an event, and what has to be done: names, each with what goes with it. */
export function step(state, event) {
  const [changes, effects = []] = handlers[event.type]?.(state, event, event.at) || [];
  return { state: { ...state, ...changes }, effects };
}

const send = (type, fields) => ["send", { type, ...fields }];
const update = (session) => send("session.update", { session: { type: "realtime", ...session } });
const ping = update({}); // is answered, changes nothing
const turnTaking = (mode, more) =>
  update({ audio: { input: { turn_detection: mode === "hold" ? null : { type: "semantic_vad" } } }, ...more });
const forget = send("input_audio_buffer.clear");
const commit = send("input_audio_buffer.commit");
const answer = send("response.create");
const typed = (text) => [send("conversation.item.create", { item: itemOf("user", text) }), answer];
const stopReply = ({ replying }) => [...(replying ? [send("response.cancel")] : []), ["sound", "clear"]];

const release = ({ heldSince }, effects) => heldSince !== null && [{ heldSince: null }, effects];

const isOpen = ({ phase }) => ["connecting", "live", "waiting"].includes(phase);
const lost = ({ offline }) => (offline ? "offline" : "network");

const connecting = (at, changes, first = []) => [
  { ...changes, phase: "connecting", heardAt: at, pinged: false },
  [...first, ["connect"]],
];

function start(at, withMicrophone, changes) {
  const next = { ...changes, problem: null, attempt: 0, activeAt: at };
  if (!withMicrophone) return connecting(at, next, [["sound", "open"]]);
  return [{ ...next, phase: "opening", microphone: "asking", muted: false }, [["sound", "open"], ["sound", "openMicrophone"]]];
}

const quiet = { heldSince: null, replying: false };

function over({ hasTalked }, problem, sound = "close") {
  const off = { ...quiet, phase: "over", microphone: "off", paused: false, resume: null };
  return [{ ...off, problem, hasTalked: hasTalked && problem !== null }, [["disconnect"], ["sound", sound]]];
}

/** The connection failed: try again, later each time, where there is hope. */
function failed(state, problem = "unavailable", at, seconds = 0) {
  if (HOPELESS.includes(problem)) return over(state, problem);
  const attempt = state.phase === "live" && at - state.connectedAt > STABLE ? 0 : state.attempt;
  const retryAt = at + Math.max(seconds, Math.min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** attempt));
  const resume = problem === "gone" ? null : state.resume; // the page still knows what was said
  const next = { ...quiet, phase: "waiting", problem, attempt: attempt + 1, retryAt, resume };
  return [next, [["disconnect"], ["sound", "clear"]]];
}

// Each returns what changes, and effects; or nothing.
const handlers = {
  // The user
  press: (state, { isKey }, at) => {
    if (isIdle(state)) return start(at, true);
    if (state.phase !== "live" || state.microphone === "asking") return null;
    if (state.microphone !== "on") return [{ microphone: "asking", muted: false }, [["sound", "openMicrophone"]]];
    if (!canHold(state)) return handlers.mute(state);
    return isKey && (state.heldSince === null ? handlers.holdStart : handlers.holdEnd)(state, {}, at);
  },
  stop: (state) => state.phase !== "idle" && over(state, null),
  mute: ({ muted }) => [{ muted: !muted }],
  mode: (state, { mode }) => {
    if (mode === state.mode) return null;
    const taken = state.heldSince === null ? [] : [forget];
    return [{ mode, heldSince: null }, state.phase === "live" ? [...taken, turnTaking(mode)] : []];
  },
  holdStart: (state, _, at) =>
    canHold(state) && state.heldSince === null && [{ heldSince: at, activeAt: at, replying: false }, stopReply(state)],
  holdEnd: (state, _, at) => release(state, at - state.heldSince < SHORTEST_HOLD ? [forget] : [commit, answer]),
  holdCancel: (state) => release(state, [forget]),
  cancel: (state) => handlers.holdCancel(state) || (state.replying && [{ replying: false }, stopReply(state)]),
  line: (state, { text }, at) => {
    if (state.phase === "live") return [{ activeAt: at, replying: false }, [...stopReply(state), ...typed(text)]];
    const lines = [...state.lines, text];
    return isIdle(state) ? start(at, false, { lines }) : [{ activeAt: at, lines }];
  },
  key: ({ hasTalked, lines }, { text }, at) => start(at, hasTalked || !lines.length, { key: text }),

  // The devices
  microphoneFound: (state, { microphone }, at) => {
    if (state.phase === "opening") return connecting(at, { microphone });
    return isOpen(state) ? [{ microphone }] : [{}, [["sound", "close"]]];
  },
  microphoneLost: ({ microphone }) =>
    microphone === "on" && [{ microphone: "asking", heldSince: null }, [["sound", "openMicrophone"]]],
  sound: (_, { paused }) => [{ paused }],

  // The server
  message: (state, { message }, at) => {
    if (!isOpen(state)) return null;
    const [changes, effects] = messages[message.type]?.(state, message, at) || [];
    return [{ heardAt: at, pinged: false, ...changes }, effects];
  },
  refused: (state, { code, retryAfter }, at) => isOpen(state) && failed(state, code, at, retryAfter),
  closed: (state, { code }, at) => {
    if (!isOpen(state) || state.phase === "waiting") return null;
    if (code === 1000) return over(state, null, "finish");
    if (code === 1001 && !listens(state)) return over(state, "idle");
    return failed(state, CODES[code] || lost(state), at);
  },
  offline: ({ phase, heardAt }, _, at) =>
    phase === "live"
      ? [{ offline: true, heardAt: Math.min(heardAt, at - LOST + OFFLINE), pinged: true }, [ping]]
      : [{ offline: true }],
  online: ({ phase }, _, at) => [{ offline: false, ...(phase === "waiting" && { attempt: 0, retryAt: at }) }],
  tick: (state, _, at) => {
    const { phase, heardAt, activeAt, retryAt, pinged } = state;
    if (phase === "waiting") return at >= retryAt && connecting(at);
    if (phase === "live" && at - activeAt > IDLE) return over(state, "idle");
    if (isOpen(state) && at - heardAt > LOST) return failed(state, lost(state), at);
    return phase === "live" && at - heardAt > PING && !pinged && [{ pinged: true }, [ping]];
  },
};

const active = (_, __, at) => [{ activeAt: at }];

const messages = {
  "session.created": ({ hasTalked, lines, mode, resume }, { session }, at) => {
    const { resume: token, resumed = false, messages: known = [] } = session?.voicebot || {};
    const turns = (resumed && resume?.turns) || 0;
    const since = { connectedAt: at, activeAt: at, resume: token ? { token, turns, next: turns } : null };
    const next = { ...since, phase: "live", problem: null, hasTalked: true, lines: [] };
    const greets = !hasTalked && !lines.length; // who has said something first is answered instead
    const begun = turnTaking(mode, { voicebot: { greets } });
    if (!hasTalked) return [next, [begun, ["begin", lines.length], ...lines.flatMap(typed)]];
    return [next, [begun, ["goOn", resumed && known]]];
  },
  "session.updated": ({ mode }, { session }) =>
    mode === "hold" &&
    session?.audio?.input?.turn_detection !== null && [{ mode: "open", heldSince: null, problem: "noHold" }],
  "response.created": (_, __, at) => [{ replying: true, activeAt: at }],
  "response.done": (_, __, at) => [{ replying: false, activeAt: at }],
  "input_audio_buffer.speech_started": active,
  "voicebot.user.partial": active,
  "voicebot.answering": ({ resume }, { turn }) => resume && [{ resume: { ...resume, next: turn } }],
  "response.output_audio.delta": ({ resume }) => resume && [{ resume: { ...resume, turns: resume.next } }],
  "output_audio_buffer.cleared": () => [{}, [["sound", "clear"]]],
  error: (state, { error }, at) => {
    if (error?.code === "conversation_failed") return failed(state, "broken", at);
    return state.phase === "connecting" && failed(state, error?.code, at);
  },
};
