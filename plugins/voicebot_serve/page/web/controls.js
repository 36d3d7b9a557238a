// Buttons and keys, as events of `session.js`.

import { get } from "./document.js";
import { canHold } from "./session.js";

const TYPES = "input, select";
const ACTS = `${TYPES}, button, summary`;

/** Connect the controls; `getState` returns the state of the page. */
export function connectControls(tell, getState) {
  const talk = get("talk");

  talk.onclick = ({ detail }) => tell("press", { isKey: detail === 0 }); // or a screen reader
  talk.onpointerdown = ({ button, pointerId }) => {
    if (!canHold(getState()) || button !== 0) return;
    talk.setPointerCapture(pointerId);
    tell("holdStart");
  };
  talk.onpointerup = window.onblur = () => tell("holdEnd");
  talk.onpointercancel = () => tell("holdCancel");
  talk.oncontextmenu = (event) => event.preventDefault();

  document.onkeydown = (event) => {
    const { target, code, repeat } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || get("settings").open) return;
    if (code === "Escape") tell("cancel");
    else if (code === "Space" && canHold(getState()) && (target === talk || !target.closest(ACTS))) {
      event.preventDefault();
      if (!repeat) tell("holdStart");
    } else if (code === "KeyM" && !repeat && !target.closest(TYPES)) tell("mute");
  };
  document.onkeyup = (event) => {
    if (event.code !== "Space" || !canHold(getState())) return;
    if (event.target === talk) event.preventDefault(); // no click as well
    tell("holdEnd");
  };

  get("end").onclick = () => {
    tell("stop");
    talk.focus(); // for a keyboard: what had the focus is hidden now
  };
  get("stop").onclick = () => tell("cancel");

  /** Tell what is written in a form, and empty it. */
  const connectForm = (name) => (event) => {
    event.preventDefault();
    const text = get(name).value.trim();
    get(name).value = "";
    if (text) tell(name, { text });
  };
  get("line-form").onsubmit = connectForm("line");
  get("key-form").onsubmit = connectForm("key");

  window.onoffline = () => tell("offline");
  window.ononline = () => tell("online");
  window.onpagehide = () => tell("stop");
}
