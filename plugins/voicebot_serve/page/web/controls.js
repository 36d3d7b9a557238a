// Buttons and keys, as events of `session.js`.

const get = (id) => document.getElementById(id);
const TYPES = "input, textarea, select";
const ACTS = "button, summary, a, input, textarea, select, dialog *";

/** Connect the controls; `getState` returns the state of the page. */
export function connectControls(tell, getState) {
  const isHold = () => getState().mode === "hold" && getState().phase === "live" && getState().microphone === "on";
  const talk = get("talk");

  talk.addEventListener("click", (event) => {
    const { phase, microphone, heldSince } = getState();
    if (phase === "idle" || phase === "over") tell({ type: "start" });
    else if (phase !== "live") return;
    else if (microphone !== "on") tell({ type: "microphone" });
    else if (!isHold()) tell({ type: "mute" });
    else if (event.detail === 0) tell({ type: heldSince === null ? "holdStart" : "holdEnd" }); // a screen reader
  });
  talk.addEventListener("pointerdown", (event) => {
    if (!isHold() || event.button !== 0) return;
    talk.setPointerCapture(event.pointerId);
    tell({ type: "holdStart" });
  });
  talk.addEventListener("pointerup", () => tell({ type: "holdEnd" }));
  talk.addEventListener("pointercancel", () => tell({ type: "holdCancel" }));
  talk.addEventListener("contextmenu", (event) => event.preventDefault());

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || get("settings").open) return;
    const { target, code, repeat } = event;
    if (code === "Escape") tell({ type: getState().heldSince === null ? "stopReply" : "holdCancel" });
    else if (code === "Space" && isHold() && (target === talk || !target.closest(ACTS))) {
      event.preventDefault();
      if (!repeat) tell({ type: "holdStart" });
    } else if (code === "KeyM" && !repeat && !target.closest(TYPES)) tell({ type: "mute" });
  });
  document.addEventListener("keyup", (event) => {
    if (event.code !== "Space" || !isHold()) return;
    if (event.target === talk) event.preventDefault(); // no click as well
    tell({ type: "holdEnd" });
  });
  window.addEventListener("blur", () => tell({ type: "holdEnd" }));

  get("end").addEventListener("click", () => tell({ type: "stop" }));
  get("stop").addEventListener("click", () => tell({ type: "stopReply" }));
  get("line-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = get("line").value.trim();
    get("line").value = "";
    if (text) tell({ type: "line", text });
  });
  get("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const key = get("key").value.trim();
    get("key").value = "";
    if (key) tell({ type: "key", key });
  });
  window.addEventListener("offline", () => tell({ type: "offline" }));
  window.addEventListener("online", () => tell({ type: "online" }));
  window.addEventListener("pagehide", () => tell({ type: "stop" }));
}
