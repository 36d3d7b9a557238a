import assert from "node:assert/strict";
import { test } from "node:test";
import { initial, listens, step } from "../../../../../plugins/voicebot_serve/page/web/session.js";

/** Follow events, `[at, type, fields]`; return the last state and all effects, in words. */
function follow(events, from = initial) {
  let state = from;
  const done = [];
  for (const [at, type, fields] of events) {
    const { state: next, effects } = step(state, { at, type, ...fields });
    state = next;
    for (const [name, what] of effects) done.push({ send: what?.type, sound: what }[name] || name);
  }
  return { state, done };
}

const message = (type, fields) => ["message", { message: { type, ...fields } }];
const found = (microphone) => ["microphoneFound", { microphone }];
const live = [
  [0, "press"],
  [1, ...found("on")],
  [1.1, ...message("session.created")],
];
const afterwards = (events, setup = live) => follow(events, follow(setup).state);

test("sound is opened in the tap, before anything that waits", () => {
  const { done } = follow([[0, "press"]]);
  assert.deepEqual(done, ["open", "openMicrophone"]);
});

test("a conversation begins once there is a microphone", () => {
  const { state, done } = follow(live);
  assert.deepEqual(done.slice(2), ["connect", "session.update", "begin"]);
  assert.equal(state.phase, "live");
  assert.ok(listens(state));
});

for (const reason of ["denied", "missing", "insecure", "soundless", "unusable"])
  test(`one can type if the microphone is ${reason}`, () => {
    const { state, done } = follow([[0, "press"], [1, ...found(reason)], [2, ...message("session.created")], [3, "line", { text: "hi" }]]);
    assert.equal(state.microphone, reason);
    assert.equal(listens(state), false);
    assert.deepEqual(done.slice(-2), ["conversation.item.create", "response.create"]);
  });

test("a line that is typed first begins a conversation without a microphone, and is sent then", () => {
  const { state, done } = follow([[0, "line", { text: "hi" }], [1, ...message("session.created")]]);
  assert.deepEqual(done, ["open", "connect", "session.update", "begin", "conversation.item.create", "response.create"]);
  assert.equal(state.microphone, "off");
});

test("the bot greets whoever has not said anything", () => {
  const greets = (events) => {
    const { effects } = step(follow(events).state, { at: 1, type: "message", message: { type: "session.created" } });
    return effects[0][1].session.voicebot.greets;
  };
  assert.equal(greets([[0, "press"], [0.5, ...found("on")]]), true);
  assert.equal(greets([[0, "line", { text: "hi" }]]), false);
});

test("a browser without sound says so when a line begins the conversation, too", () => {
  const { state, done } = follow([[0, "line", { text: "hi" }], [0.1, ...found("soundless")]]);
  assert.deepEqual([state.phase, state.microphone, done], ["connecting", "soundless", ["open", "connect"]]);
});

test("a lost connection is tried again, later each time, and goes on with what was said", () => {
  let { state } = follow(live);
  const waits = [];
  let at = 20;
  for (let attempt = 0; attempt < 9; attempt++) {
    ({ state } = follow([[at, "closed", { code: 1006 }]], state));
    assert.equal(state.phase, "waiting");
    waits.push(Math.round((state.retryAt - at) * 10) / 10);
    const early = follow([[state.retryAt - 0.01, "tick"]], state);
    assert.deepEqual(early.done, []);
    at = state.retryAt;
    const retried = follow([[at, "tick"]], state);
    assert.deepEqual(retried.done, ["connect"]);
    state = retried.state;
  }
  assert.deepEqual(waits, [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 15, 15]);
  const again = follow([[at + 1, ...message("session.created")]], state);
  assert.ok(again.done.includes("goOn") && !again.done.includes("begin"));
  const { effects } = step(state, { at: at + 1, type: "message", message: { type: "session.created" } });
  assert.deepEqual(effects[0][1].session.voicebot, { greets: false });
  assert.equal(again.state.problem, null);
});

test("a server that keeps conversations is told which one, and up to which turn it was heard", () => {
  const session = (turns, resumed) => ({ session: { voicebot: { resume: "t", resumed, turns, messages: [] } } });
  const begun = [[0, "press"], [1, ...found("on")], [1.1, ...message("session.created", session(0, false))]];
  const offered = (events) => {
    const { state } = follow([...begun, ...events, [30, "closed", { code: 1006 }]]);
    return `${state.resume.token}.${state.resume.turns}`;
  };
  assert.equal(offered([]), "t.0");
  assert.equal(offered([[2, ...message("voicebot.answering", { turn: 1 })]]), "t.0");
  assert.equal(offered([[2, ...message("voicebot.answering", { turn: 1 })], [3, ...message("response.output_audio.delta")]]), "t.1");
  const again = [[30, "closed", { code: 1006 }], [30.2, "tick"], [30.3, ...message("session.created", session(2, true))]];
  assert.equal(offered([[2, ...message("voicebot.answering", { turn: 1 })], [3, ...message("response.output_audio.delta")], ...again]), "t.1", "the answer to turn 2 has not come");
  const gone = afterwards([[30, "closed", { code: 1006 }], [30.2, "tick"], [30.3, ...message("error", { error: { code: "gone" } })]], begun);
  assert.deepEqual([gone.state.phase, gone.state.resume], ["waiting", null]);
});

test("a server that accepts and breaks at once is not asked ever faster", () => {
  const { state } = afterwards([[1.2, "closed", { code: 1011 }], [2, "tick"], [2.1, ...message("session.created")], [2.2, "closed", { code: 1011 }]]);
  assert.equal(state.retryAt, 2.2 + 0.4);
});

test("the server says how long to wait", () => {
  const { state } = afterwards([[30, "refused", { code: "rate", retryAfter: 60 }]]);
  assert.equal(state.retryAt, 90);
  assert.equal(state.problem, "rate");
});

for (const [code, phase, problem] of [
  [1000, "over", null],
  [1006, "waiting", "network"],
  [1008, "waiting", "network"],
  [1011, "waiting", "broken"],
  [1012, "waiting", "draining"],
  [4429, "waiting", "network"],
])
  test(`close code ${code} leads to ${phase} with ${problem}`, () => {
    const { state } = afterwards([[30, "closed", { code }]]);
    assert.deepEqual([state.phase, state.problem], [phase, problem]);
  });

for (const [code, phase, problem] of [
  ["access", "over", "access"],
  ["origin", "over", "origin"],
  ["bot", "over", "bot"],
  ["full", "waiting", "full"],
  ["draining", "waiting", "draining"],
  ["busy", "waiting", "busy"],
])
  test(`a refusal in the first event, ${code}, leads to ${phase}`, () => {
    const { state } = follow([[0, "press"], [1, ...found("on")], [2, ...message("error", { error: { code } })], [2.1, "closed", { code: 4401 }]]);
    assert.deepEqual([state.phase, state.problem], [phase, problem]);
  });

test("a conversation that the server ends is heard to its end; one that the user ends falls silent", () => {
  assert.deepEqual(afterwards([[30, "closed", { code: 1000 }]]).done, ["disconnect", "finish"]);
  assert.deepEqual(afterwards([[30, "stop"]]).done, ["disconnect", "close"]);
});

test("a conversation that was ended is not gone on with", () => {
  const { done } = afterwards([[30, "stop"], [31, "press"], [32, ...found("on")], [33, ...message("session.created")]]);
  assert.ok(done.includes("begin") && !done.includes("goOn"));
});

test("a key is asked for, and the conversation goes on with it", () => {
  const { state, done } = follow([[0, "press"], [1, ...found("on")], [2, "refused", { code: "access" }], [3, "key", { text: "s" }], [4, ...found("on")]]);
  assert.equal(state.key, "s");
  assert.equal(state.phase, "connecting");
  assert.equal(done.at(-1), "connect");
});

test("push-to-talk commits what was said while the button was held, and asks for an answer", () => {
  const { state, done } = afterwards([[2, "mode", { mode: "hold" }], [3, "holdStart"], [5, "holdEnd"]]);
  assert.deepEqual(done, ["session.update", "clear", "input_audio_buffer.commit", "response.create"]);
  assert.equal(listens(state), false);
});

test("a button that was only touched takes back what it recorded", () => {
  const { done } = afterwards([[2, "mode", { mode: "hold" }], [3, "holdStart"], [3.1, "holdEnd"]]);
  assert.deepEqual(done.slice(-1), ["input_audio_buffer.clear"]);
});

test("pressing the button stops the bot", () => {
  const { done } = afterwards([[2, "mode", { mode: "hold" }], [2.5, ...message("response.created")], [3, "holdStart"]]);
  assert.deepEqual(done.slice(-2), ["response.cancel", "clear"]);
});

test("a bot that allows no push-to-talk is heard hands-free", () => {
  const session = { audio: { input: { turn_detection: { type: "semantic_vad" } } } };
  const { state } = afterwards([[2, "mode", { mode: "hold" }], [2.1, ...message("session.updated", { session })]]);
  assert.deepEqual([state.mode, state.problem], ["open", "noHold"]);
});

test("the microphone's button mutes, or opens a microphone that could not be opened before", () => {
  assert.equal(afterwards([[2, "press"]]).state.muted, true);
  const denied = [[0, "press"], [1, ...found("denied")], [1.1, ...message("session.created")]];
  const { state, done } = afterwards([[2, "press"], [2.1, "press"]], denied);
  assert.deepEqual([state.microphone, done], ["asking", ["openMicrophone"]]);
});

test("a muted microphone is not muted in the next conversation", () => {
  assert.equal(afterwards([[2, "mute"], [3, "stop"], [4, "press"]]).state.muted, false);
});

test("the button talks while it is held, and with a key or a screen reader until it is pressed again", () => {
  const pressed = [[2, "mode", { mode: "hold" }], [3, "press", { isKey: true }]];
  assert.equal(afterwards(pressed).state.heldSince, 3);
  const { state, done } = afterwards([...pressed, [5, "press", { isKey: true }]]);
  assert.deepEqual([state.heldSince, done.slice(-2)], [null, ["input_audio_buffer.commit", "response.create"]]);
  assert.equal(afterwards([[2, "mode", { mode: "hold" }], [3, "press", { isKey: false }]]).state.heldSince, null);
});

test("Escape takes back what was said while the button was held, and otherwise stops the bot", () => {
  const { state, done } = afterwards([[2, "mode", { mode: "hold" }], [3, "holdStart"], [5, "cancel"]]);
  assert.deepEqual([state.heldSince, done.slice(-1)], [null, ["input_audio_buffer.clear"]]);
  assert.deepEqual(afterwards([[2, ...message("response.created")], [3, "cancel"]]).done, ["response.cancel", "clear"]);
  assert.deepEqual(afterwards([[3, "cancel"]]).done, []);
});

test("a refusal without a reason is tried again", () => {
  const { state } = follow([[0, "press"], [1, ...found("on")], [2, "refused", {}]]);
  assert.deepEqual([state.phase, state.problem], ["waiting", "unavailable"]);
});

test("taken-back sound is dropped", () => {
  assert.deepEqual(afterwards([[2, ...message("output_audio_buffer.cleared")]]).done, ["clear"]);
});

test("a silent server is asked once, and taken for lost if it does not answer", () => {
  const asked = afterwards([[5.3, "tick"], [5.6, "tick"]]);
  assert.deepEqual(asked.done, ["session.update"]);
  assert.equal(follow([[6, ...message("session.updated")], [9.9, "tick"]], asked.state).state.phase, "live");
  assert.equal(follow([[10.2, "tick"]], asked.state).state.phase, "waiting");
});

test("a device that says it is offline is believed when the server is silent too", () => {
  const offline = afterwards([[2, "offline"]]);
  assert.deepEqual([offline.state.phase, offline.done], ["live", ["session.update"]]);
  assert.equal(follow([[2.2, ...message("session.updated")], [5.5, "tick"]], offline.state).state.phase, "live");
  const lost = follow([[5.2, "tick"]], offline.state);
  assert.deepEqual([lost.state.phase, lost.state.problem], ["waiting", "offline"]);
  assert.deepEqual(follow([[6, "online"], [6.01, "tick"]], lost.state).done, ["connect"]);
});

test("a connection that does not open is given up and tried again", () => {
  const { state } = follow([[0, "press"], [1, ...found("on")], [11, "tick"]]);
  assert.equal(state.phase, "waiting");
});

test("nobody holds a place for ever without a word", () => {
  const answers = Array.from({ length: 200 }, (_, index) => [4 * index + 2, ...message("session.updated")]);
  const { state } = afterwards([...answers, [601.2, "tick"]]);
  assert.deepEqual([state.phase, state.problem], ["over", "idle"]);
});

test("a microphone that is unplugged is replaced by another", () => {
  const { state, done } = afterwards([[2, "microphoneLost"]]);
  assert.deepEqual([state.microphone, done], ["asking", ["openMicrophone"]]);
});

test("what comes late, of a conversation that is over, changes nothing", () => {
  const { state } = afterwards([[2, "stop"]]);
  for (const [type, fields] of [message("session.created"), ["closed", { code: 1006 }], ["refused", { code: "full" }], ["tick", {}], ["holdStart", {}]])
    assert.deepEqual(follow([[3, type, fields]], state), { state, done: [] }, type);
});
