// The dialog of settings; what is chosen is kept in this browser.

const get = (id) => document.getElementById(id);
const NAME = "voicebot";

function load() {
  try {
    return JSON.parse(localStorage.getItem(NAME)) || {};
  } catch {
    return {};
  }
}

/** Connect the dialog with the devices and the state of the page; return what is chosen. */
export function connectSettings(sound, tell, getState) {
  const chosen = { mode: "open", microphone: "", speaker: "", timing: false, captions: true, ...load() };
  const dialog = get("settings");

  function keep() {
    try {
      localStorage.setItem(NAME, JSON.stringify(chosen));
    } catch {
      return; // a browser may refuse to keep anything
    }
  }

  function apply() {
    for (const chart of document.querySelectorAll("details.timing")) chart.open = chosen.timing;
    get("show-timing").checked = chosen.timing;
    get("read-captions").checked = chosen.captions;
    for (const radio of document.querySelectorAll("[name=mode]")) radio.checked = radio.value === getState().mode;
  }

  function fill(select, devices, id, fallback) {
    const options = devices.map((each, index) => new Option(each.label || `${fallback} ${index + 1}`, each.deviceId));
    if (!devices.some(({ deviceId }) => deviceId === "default")) options.unshift(new Option("Default", ""));
    select.replaceChildren(...options);
    select.value = id;
    if (select.selectedIndex < 0) select.selectedIndex = 0;
  }

  async function list() {
    const { microphones, speakers } = await sound.devices();
    fill(get("microphones"), microphones, chosen.microphone, "Microphone");
    fill(get("speakers"), speakers, chosen.speaker, "Speaker");
    get("speakers").closest("label").hidden = speakers.length === 0;
  }

  get("open-settings").addEventListener("click", () => {
    apply();
    list();
    dialog.showModal();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  });
  dialog.addEventListener("change", ({ target }) => {
    if (target.name === "mode") tell({ type: "mode", mode: (chosen.mode = target.value) });
    else if (target.id === "show-timing") {
      chosen.timing = target.checked;
      apply();
    } else if (target.id === "read-captions") chosen.captions = target.checked;
    else if (target.id === "microphones") {
      sound.microphoneId = chosen.microphone = target.value;
      if (getState().microphone === "on") sound.openMicrophone();
    } else if (target.id === "speakers") sound.chooseSpeaker((chosen.speaker = target.value));
    keep();
  });
  navigator.mediaDevices?.addEventListener?.("devicechange", () => dialog.open && list());

  sound.microphoneId = chosen.microphone;
  sound.speakerId = chosen.speaker;
  tell({ type: "mode", mode: chosen.mode });
  apply();
  return chosen;
}
