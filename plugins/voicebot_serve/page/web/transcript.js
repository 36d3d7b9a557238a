// The captions: a list of lines, each changed only where it changed.

import { spokenLength } from "./conversation.js";
import { seconds, waterfall } from "./timing.js";

const TOOL_ENDINGS = { failed: "failed", timeout: "took too long", cancelled: "stopped" };

/** Return a new element with a class, and children or text. */
export function element(name, className = "", ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

export class Transcript {
  #list;
  #scroll;
  #isAtEnd = true; // even if a message takes some of the place
  #shown = new Map(); // by key: {line, parts}

  constructor(list, scroll) {
    this.#list = list;
    this.#scroll = scroll;
    scroll.addEventListener("scroll", () => {
      this.#isAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
    });
  }

  render(conversation, { timing = false }) {
    const keys = new Set(conversation.lines.map(({ key }) => key));
    for (const [key, { parts }] of this.#shown) {
      if (keys.has(key)) continue;
      parts.item.remove();
      this.#shown.delete(key);
    }
    for (const line of conversation.lines) this.#show(line, conversation.itemMs[line.id], timing);
    if (this.#isAtEnd) this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  #show(line, soundMs, isOpen) {
    const before = this.#shown.get(line.key);
    if (before?.line === line) return;
    const parts = before?.parts || this.#make(line);
    this.#shown.set(line.key, { line, parts });
    const length = line.role === "bot" ? spokenLength(line, soundMs) : line.text.length;
    parts.said.textContent = line.text.slice(0, length);
    parts.ahead.textContent = line.text.slice(length);
    parts.item.classList.toggle("open", !line.done);
    parts.item.classList.toggle("cut", line.cut);
    if (before?.line.tools !== line.tools) parts.tools.replaceChildren(...line.tools.map(tool));
    if (line.timed && before?.line.timed !== line.timed) {
      const chart = chartOf(line.timed);
      if (chart) parts.item.append(Object.assign(chart, { open: isOpen }));
    }
  }

  #make(line) {
    const who = { user: "You: ", bot: `${document.title}: `, note: "" }[line.role];
    const parts = { said: element("span"), ahead: element("span", "ahead"), tools: element("span", "tools") };
    const words = element("p", "words", element("span", "hidden", who), parts.said, parts.ahead);
    parts.item = element("li", line.role, words, parts.tools);
    this.#list.append(parts.item);
    return parts;
  }
}

function tool({ name, outcome, seconds: time }) {
  const chip = element("span", outcome === null ? "tool running" : "tool", name.replaceAll("_", " "));
  if (outcome === null) chip.append(" …");
  else if (outcome in TOOL_ENDINGS) chip.append(` ${TOOL_ENDINGS[outcome]}`);
  else if (time !== null) chip.append(` ${seconds(time)}`);
  return chip;
}

/** Return the waterfall of a turn, or null if there is none. */
function chartOf(timed) {
  const found = waterfall(timed);
  if (!found) return null;
  const { steps, total, ahead } = found;
  const most = Math.max(total, ...steps.map(({ to }) => to), 0.001);
  const least = Math.min(0, ...steps.map(({ from }) => from));
  const share = (time) => `${(100 * (time - least)) / (most - least)}%`;
  const rows = steps.map(({ name, what, from, to }) => {
    const bar = element("span", `bar ${name.toLowerCase()}`);
    bar.style.setProperty("inset-inline-start", share(from));
    bar.style.setProperty("inline-size", `calc(${share(to)} - ${share(from)})`);
    const row = element("tr", "", element("th", "", name), element("td", "track", bar), element("td", "", seconds(to - from)));
    row.cells[0].scope = "row";
    row.title = `${name}: ${what}`;
    return row;
  });
  const note = ahead ? "answered while you finished" : "";
  const summary = element("summary", "", `${seconds(total)} to the first sound`);
  const table = element("table", "", element("tbody", "", ...rows));
  return element("details", "timing", summary, table, ...(note ? [element("p", "", note)] : []));
}
