"use strict";

const STEP = 2;
const FAR = 10;
const WORD = 1.5;
const SVG = "http://www.w3.org/2000/svg";

const calls = [...document.querySelectorAll("article")].filter((call) => call.querySelector("audio")).map(player);
let current = calls[0];

function player(call) {
  const audio = call.querySelector("audio");
  const play = call.querySelector(".play");
  const slider = call.querySelector(".position");
  const shown = call.querySelector(".time .now");
  const whole = slider.querySelector("svg");
  const seconds = Number(whole.dataset.to);
  const words = [...call.querySelectorAll("span[data-at]")].map((item) => ({ item, at: Number(item.dataset.at) }));
  words.sort((one, other) => one.at - other.at);
  const turns = [...call.querySelectorAll(".turn")].map((item) => {
    const waveform = item.querySelector("svg.waveform");
    return { item, waveform, at: waveform === null ? Infinity : Number(waveform.dataset.from) };
  });
  const heads = [playhead(), playhead()];
  let word = null;
  let turn = null;
  let loaded = false;

  const self = { audio, toggle, playFrom, seek, step };
  audio.removeAttribute("controls");
  for (const item of [play, slider, call.querySelector(".time")]) item.hidden = false;
  whole.append(heads[0]);

  play.addEventListener("click", toggle);
  audio.addEventListener("play", () => { play.textContent = "Pause"; follow(); });
  audio.addEventListener("pause", () => { play.textContent = "Play"; show(); });
  audio.addEventListener("seeked", show);
  audio.addEventListener("ended", show);
  call.addEventListener("click", (event) => {
    const item = event.target.closest("[data-at], svg.waveform");
    if (item === null || slider.contains(item) || !getSelection().isCollapsed) return;
    playFrom(item.dataset.at === undefined ? under(item, event) : Number(item.dataset.at));
  });
  slider.addEventListener("pointerdown", (event) => {
    slider.setPointerCapture(event.pointerId);
    seek(under(whole, event));
  });
  slider.addEventListener("pointermove", (event) => {
    if (slider.hasPointerCapture(event.pointerId)) seek(under(whole, event));
  });
  slider.addEventListener("pointerup", (event) => playFrom(under(whole, event)));
  slider.addEventListener("keydown", (event) => {
    const by = { ArrowUp: STEP, ArrowDown: -STEP, PageUp: FAR, PageDown: -FAR, Home: -seconds, End: seconds }[event.key];
    if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    current = self;
    seek(audio.currentTime + by);
  });
  show();
  return self;

  function load() {
    if (loaded) return;
    loaded = true;
    const [head, data] = audio.src.split(",");
    const text = atob(data);
    const bytes = new Uint8Array(text.length);
    for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
    audio.src = URL.createObjectURL(new Blob([bytes], { type: head.slice("data:".length).split(";")[0] }));
    audio.preload = "auto";
  }

  function toggle() {
    if (!audio.paused) audio.pause();
    else playFrom(audio.currentTime >= seconds - 0.05 ? 0 : audio.currentTime);
  }

  function playFrom(at) {
    seek(at);
    for (const other of calls) if (other !== self) other.audio.pause();
    audio.play();
  }

  function seek(at) {
    load();
    current = self;
    audio.currentTime = Math.min(Math.max(at, 0), seconds);
    show();
  }

  function step(by) {
    const at = audio.currentTime;
    const begins = turns.map((each) => each.at).filter((each) => each !== Infinity);
    const next = by > 0 ? begins.find((each) => each > at + 0.01) : begins.findLast((each) => each < at - 1);
    playFrom(next ?? (by > 0 ? at : 0));
  }

  function follow() {
    show();
    if (!audio.paused) requestAnimationFrame(follow);
  }

  function show() {
    const at = audio.currentTime;
    shown.textContent = clock(at);
    slider.setAttribute("aria-valuenow", at.toFixed(1));
    slider.setAttribute("aria-valuetext", clock(at));
    place(heads[0], whole, at);
    const now = turns.findLast((each) => each.at <= at) ?? null;
    if (now !== turn) {
      turn?.item.classList.remove("now");
      now?.item.classList.add("now");
      if (now !== null && !audio.paused) now.item.scrollIntoView({ block: "nearest" });
      turn = now;
    }
    if (now !== null) {
      if (heads[1].parentNode !== now.waveform) now.waveform.append(heads[1]);
      place(heads[1], now.waveform, at);
    }
    const said = last(words, at);
    const spoken = loaded && said !== null && at - said.at < WORD ? said : null;
    if (spoken !== word) {
      word?.item.classList.remove("now");
      spoken?.item.classList.add("now");
      word = spoken;
    }
  }
}

function last(words, at) {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (words[middle].at <= at) low = middle + 1;
    else high = middle;
  }
  return low > 0 ? words[low - 1] : null;
}

function playhead() {
  const line = document.createElementNS(SVG, "line");
  line.setAttribute("class", "playhead");
  line.setAttribute("y1", "0");
  line.setAttribute("y2", "64");
  return line;
}

function place(line, waveform, at) {
  const { from, to } = waveform.dataset;
  const x = ((at - from) / (to - from)) * waveform.viewBox.baseVal.width;
  line.setAttribute("x1", x);
  line.setAttribute("x2", x);
}

function under(waveform, event) {
  const box = waveform.getBoundingClientRect();
  const { from, to } = waveform.dataset;
  return Number(from) + ((event.clientX - box.left) / box.width) * (to - from);
}

function clock(seconds) {
  const tenths = Math.round(seconds * 10);
  return `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, "0")}`;
}

document.addEventListener("keydown", (event) => {
  if (current === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
  const back = event.key === "ArrowLeft";
  if (event.key === " " && event.target.closest("button, summary, a, audio") === null) {
    event.preventDefault();
    current.toggle();
  } else if (back || event.key === "ArrowRight") {
    event.preventDefault();
    if (event.shiftKey) current.step(back ? -1 : 1);
    else current.seek(current.audio.currentTime + (back ? -STEP : STEP));
  }
});
