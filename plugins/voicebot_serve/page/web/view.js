// What the page shows of its state, beside the captions.

import { toolAtWork } from "./conversation.js";
import { element, get } from "./document.js";
import { canHold, isIdle, listens } from "./session.js";

const PHASES = { idle: "", opening: "Asking for the microphone", connecting: "Connecting", waiting: "Reconnecting", over: "Ended" };
const ANNOUNCED = { live: "Connected.", over: "The conversation has ended." };

/** What is wrong, and what to do; if there is nothing to do, the page tries again. */
const PROBLEMS = {
  denied: ["The microphone is not allowed", "Allow it in the site settings, beside the address. Until then, you can type."],
  missing: ["No microphone was found", "Plug one in, or type below."],
  unusable: ["The microphone cannot be used", "Another program may hold it. Close that, and turn the microphone on again. Until then, you can type."],
  soundless: ["The sound cannot be used", "Load this page again, or take a newer browser. Until then, you can type."],
  insecure: ["Sound needs HTTPS", "Browsers give it only to pages that come over HTTPS, or from this machine. You can type and read."],
  paused: ["The sound is paused", "Tap anywhere to go on."],
  access: ["A key is needed", "Ask whoever runs this server for one."],
  wrongKey: ["That key does not work", "It may be mistyped or withdrawn."],
  origin: ["This page may not connect", "Open it from the server itself, or have its address listed in `serve.origins`."],
  bot: ["There is no bot here", "Check the address of this page."],
  full: ["All places are taken"],
  busy: ["The server is busy"],
  limit: ["Too many conversations from here", "End another one, and this one goes on by itself."],
  rate: ["Too many attempts"],
  draining: ["The server restarts"],
  unavailable: ["The server is not available"],
  network: ["The connection is lost"],
  gone: ["The connection is lost"],
  offline: ["You are offline", "This goes on as soon as your device is online."],
  broken: ["Something went wrong on the server"],
  idle: ["Nobody has spoken for a while", "The conversation was ended, so that others can talk."],
  noHold: ["Hold to talk is not allowed here", "The config of this bot decides when a turn is over."],
};

/** Return title and help of what the user should know now, or null. */
function problemOf(state) {
  if (state.problem === "access" && state.key) return PROBLEMS.wrongKey;
  if (state.problem) return PROBLEMS[state.problem] || PROBLEMS.unavailable;
  if (state.paused) return PROBLEMS.paused;
  return (!isIdle(state) && PROBLEMS[state.microphone]) || null;
}

/** Return what goes on, in a few words. */
export function statusOf(state, conversation) {
  const { bot } = conversation;
  const tool = toolAtWork(conversation);
  if (state.problem === "access") return "Waiting for a key";
  if (state.phase in PHASES) return PHASES[state.phase];
  if (bot === "lowered" || state.heldSince !== null) return "Listening";
  if (bot === "speaking") return "Speaking";
  if (tool) return `Using ${tool.name.replaceAll("_", " ")}`;
  if (bot === "thinking") return "Thinking";
  if (state.muted && state.microphone === "on") return "Muted";
  return listens(state) ? "Listening" : "Ready";
}

/** Return what the button with the microphone does. */
function actionOf(state) {
  if (isIdle(state)) return "Start talking";
  if (state.phase !== "live" || state.microphone === "asking") return "One moment";
  if (state.microphone !== "on") return "Turn on the microphone";
  if (canHold(state)) return "Hold to talk, or hold the space bar";
  return state.muted ? "Unmute the microphone" : "Mute the microphone";
}

export class View {
  #phase = "idle";
  #problem = null;

  render(state, conversation) {
    const { phase, muted, microphone } = state;
    const isOff = muted || !["on", "asking"].includes(microphone);
    const { bot, lines } = conversation;
    Object.assign(document.body.dataset, { phase, bot, sound: isOff ? "off" : listens(state) ? "on" : "ready" });
    get("status").textContent = statusOf(state, conversation);
    get("action").textContent = actionOf(state);
    get("welcome").hidden = lines.length > 0 || phase === "live";
    const talk = get("talk");
    talk.ariaDisabled = String(phase !== "live" && !isIdle(state));
    talk.ariaPressed = canHold(state) ? String(listens(state)) : null;
    get("end").hidden = isIdle(state);
    get("stop").hidden = phase !== "live";
    get("stop").ariaDisabled = String(!state.replying);
    if (!listens(state)) this.level(0);
    this.#renderProblem(state);
    if (phase !== this.#phase && !state.problem && ANNOUNCED[phase]) this.announce(ANNOUNCED[phase]);
    this.#phase = phase;
  }

  /** Have a screen reader say something when it is quiet. */
  announce(text) {
    const announcer = get("announcer");
    announcer.append(element("span", "", `${text} `));
    while (announcer.childElementCount > 5) announcer.firstChild.remove();
  }

  /** Show how loud it is, from 0 to 1. */
  level(peak) {
    const level = Math.min(1, Math.sqrt(peak) * 1.2);
    get("level").style.setProperty("--level", level.toFixed(2));
    get("level").ariaValueNow = Math.round(level * 10) * 10;
  }

  #renderProblem(state) {
    const problem = problemOf(state);
    if (problem === this.#problem) return;
    this.#problem = problem;
    const wantsKey = state.problem === "access";
    if (get("problem").contains(document.activeElement)) get("talk").focus(); // before that is hidden
    get("problem").hidden = !problem;
    get("key-form").hidden = !wantsKey;
    const [title, help = "Trying again by itself."] = problem || ["", ""];
    get("problem-title").textContent = title;
    get("problem-help").textContent = help;
    if (wantsKey) get("key").focus();
  }
}
