// What the page shows of its state, beside the captions.

import { isSupported } from "./audio.js";
import { problemOf } from "./problems.js";
import { listens } from "./session.js";

const get = (id) => document.getElementById(id);
const ANNOUNCED = { live: "Connected.", waiting: "The connection is lost. Connecting again.", over: "The conversation has ended." };

/** Return what goes on, in a few words. */
function statusOf(state, conversation) {
  const phases = { idle: "", opening: "Asking for the microphone", connecting: "Connecting", waiting: "Connecting again", over: "Ended" };
  if (state.phase in phases) return phases[state.phase];
  if (conversation.user === "speaking" || state.heldSince !== null) return "Listening";
  if (conversation.bot === "lowered") return "Listening";
  if (conversation.bot === "speaking") return "Speaking";
  if (conversation.tools.length) return `Using ${conversation.tools.at(-1).name.replaceAll("_", " ")}`;
  if (conversation.bot === "thinking") return "Thinking";
  return listens(state) && !state.muted ? "Listening" : "Ready";
}

function talkLabel(state) {
  if (["idle", "over"].includes(state.phase)) return "Start talking";
  if (state.phase !== "live") return "Connecting";
  if (state.microphone !== "on") return "Turn on the microphone";
  if (state.mode === "hold") return "Hold to talk";
  return state.muted ? "Unmute the microphone" : "Mute the microphone";
}

function hint(state) {
  if (state.phase === "idle") return "Tap to start";
  if (state.phase === "over") return "Tap to start again";
  if (state.phase !== "live" || state.microphone === "asking") return "";
  if (state.microphone !== "on") return "Tap to turn on the microphone";
  if (state.mode === "hold") return state.heldSince === null ? "Hold the button or the space bar to talk" : "Let go when you have finished";
  return state.muted ? "Muted: tap to be heard" : "Tap to mute";
}

export class View {
  #phase = "idle";
  #problem = null;
  #level = 0;

  render(state, conversation) {
    const { phase, muted, mode, microphone } = state;
    Object.assign(document.body.dataset, { phase, mode, bot: conversation.bot, user: conversation.user });
    document.body.dataset.sound = muted || !["on", "asking"].includes(microphone) ? "off" : "on";
    document.body.classList.toggle("holding", state.heldSince !== null);
    get("status").textContent = statusOf(state, conversation);
    get("hint").textContent = hint(state);
    get("welcome").hidden = conversation.lines.length > 0 || phase === "live";
    const talk = get("talk");
    get("talk-label").textContent = talkLabel(state);
    talk.setAttribute("aria-disabled", String(["opening", "connecting", "waiting"].includes(phase)));
    if (mode === "hold" && phase === "live") talk.setAttribute("aria-pressed", String(state.heldSince !== null));
    else talk.removeAttribute("aria-pressed");
    get("end").hidden = ["idle", "over"].includes(phase);
    get("stop").hidden = phase !== "live";
    get("stop").disabled = !state.replying;
    this.#renderProblem(state);
    if (phase !== this.#phase && ANNOUNCED[phase]) this.announce(ANNOUNCED[phase]);
    this.#phase = phase;
  }

  /** Have a screen reader say something when it is quiet. */
  announce(text) {
    const announcer = get("announcer");
    const said = document.createElement("span");
    said.textContent = `${text} `;
    announcer.append(said);
    while (announcer.childElementCount > 5) announcer.firstChild.remove();
  }

  /** Show how loud it is, from 0 to 1. */
  level(peak) {
    const wanted = Math.min(1, Math.sqrt(peak) * 1.2);
    this.#level = wanted > this.#level ? wanted : this.#level * 0.8 + wanted * 0.2;
    get("level").style.setProperty("--level", this.#level.toFixed(2));
  }

  #renderProblem(state) {
    const problem = problemOf(state, isSupported);
    const wantsKey = state.problem === "key";
    if (problem === this.#problem) return;
    this.#problem = problem;
    get("problem").hidden = !problem;
    get("key-form").hidden = !wantsKey;
    if (!problem) return;
    [get("problem-title").textContent, get("problem-help").textContent] = problem;
    if (wantsKey) get("key").focus();
  }
}
