// The dialog of settings; what is chosen is kept in this browser.

import { get } from "./document.js";

const NAME = "voicebot";

/** Do something with what the browser keeps, which it may refuse. */
function withStorage(act) {
  try {
    return act(localStorage);
  } catch {
    return null;
  }
}

/** Connect the dialog with the devices and the state of the page; return what is chosen, by the names of the fields. */
export function connectSettings(sound, tell, getState) {
  const kept = withStorage((storage) => JSON.parse(storage.getItem(NAME)));
  const chosen = { mode: "open", microphone: "", speaker: "", timing: false, captions: true, ...kept };
  const dialog = get("settings");
  const { elements } = dialog.querySelector("form");
  const apply = {
    mode: (mode) => tell("mode", { mode }),
    timing: (open) => document.querySelectorAll("details").forEach((chart) => (chart.open = open)),
    microphone: (id) => {
      sound.microphoneId = id;
      if (getState().microphone === "on") sound.openMicrophone();
    },
    speaker: (id) => sound.chooseSpeaker(id),
  };

  function fill(name, devices) {
    const options = devices.map(({ label, deviceId: id }) => new Option(label || id, id, false, id === chosen[name]));
    if (!devices.some(({ deviceId }) => deviceId === "default")) options.unshift(new Option("Default", ""));
    elements[name].replaceChildren(...options);
  }

  async function list() {
    const all = (await navigator.mediaDevices?.enumerateDevices()) || [];
    const of = (kind) => all.filter((each) => each.kind === kind && each.deviceId);
    fill("microphone", of("audioinput"));
    fill("speaker", of("audiooutput"));
    const canChoose = "setSinkId" in AudioContext.prototype;
    elements.speaker.closest("label").hidden = !canChoose || elements.speaker.length < 2;
  }

  get("open-settings").onclick = () => {
    elements.mode.value = getState().mode;
    elements.timing.checked = chosen.timing;
    elements.captions.checked = chosen.captions;
    list();
    dialog.showModal();
  };
  dialog.onclick = ({ target }) => {
    if (target === dialog) dialog.close(); // beside it
  };
  dialog.onchange = ({ target }) => {
    const { name, type, checked, value } = target;
    chosen[name] = type === "checkbox" ? checked : value;
    apply[name]?.(chosen[name]);
    withStorage((storage) => storage.setItem(NAME, JSON.stringify(chosen)));
  };
  navigator.mediaDevices?.addEventListener("devicechange", () => dialog.open && list());

  for (const name in apply) apply[name](chosen[name]);
  return chosen;
}
