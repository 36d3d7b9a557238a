// The captions: a list of lines, each changed only where it changed; and where the time of their turns went.

import { spokenLength } from "./conversation.js";
import { element, get } from "./document.js";

const TOOL_ENDINGS = { null: "…", failed: "failed", timeout: "took too long", cancelled: "stopped" };

export class Transcript {
  #isAtEnd = true; // even if a message takes some of the place
  #shown = new Map(); // by key: {line, parts}

  constructor() {
    const scroll = get("scroll");
    scroll.onscroll = () => {
      this.#isAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
    };
  }

  render({ lines, samples }, isTimingOpen) {
    const before = this.#shown;
    const show = (line) => [line.key, this.#show(line, before.get(line.key), samples[line.id], isTimingOpen)];
    this.#shown = new Map(lines.map(show));
    for (const [key, { parts }] of before) if (!this.#shown.has(key)) parts.item.remove();
    if (this.#isAtEnd) get("scroll").scrollTop = get("scroll").scrollHeight;
  }

  #show(line, shown, samples, isTimingOpen) {
    const { line: before, parts = this.#make(line.role) } = shown || {};
    if (before === line) return shown;
    const length = line.role === "bot" ? spokenLength(line, samples) : line.text.length;
    parts.said.textContent = line.text.slice(0, length);
    parts.ahead.textContent = line.text.slice(length);
    parts.item.classList.toggle("open", !line.done);
    parts.item.classList.toggle("cut", line.cut);
    parts.item.hidden = !line.text && !line.tools.length; // an answer that was stopped before its first word
    if (before?.tools !== line.tools) parts.tools.replaceChildren(...line.tools.map(tool));
    if (line.timed && before?.timed !== line.timed) parts.item.append(...chartOf(line.timed, isTimingOpen));
    return { line, parts };
  }

  #make(role) {
    const who = { user: "You: ", bot: `${document.title}: ` }[role] || "";
    const [said, ahead, tools] = [element("span"), element("span", "ahead"), element("span", "tools")];
    const item = element("li", role, element("p", "words", element("span", "hidden", who), said, ahead), tools);
    get("lines").append(item);
    return { item, said, ahead, tools };
  }
}

function tool({ name, outcome, seconds: time }) {
  const ending = TOOL_ENDINGS[outcome] || (time == null ? "" : seconds(time));
  return element("span", outcome === null ? "tool running" : "tool", `${name.replaceAll("_", " ")} ${ending}`);
}

/** What happens until a turn is answered, from and to which times in the server's `voicebot.turn.timed`. */
const STEPS = [
  ["Last words heard", "speech_stopped", "final"],
  ["Turn over", "speech_stopped", "decided"],
  ["Model begins", "begun", "first_token"],
  ["Sentence complete", "first_token", "first_unit"],
  ["Voice begins", "first_unit", "first_byte"],
  ["Sound sent", "first_byte", "first_sound"],
];

/**
 * Return the steps of a turn with `from` and `to` in seconds since the user fell silent, and their `total`;
 * null if the turn was not spoken or not answered.
 */
export function waterfall(timed) {
  const start = timed.speech_stopped ?? timed.decided;
  if (start == null || timed.first_sound == null) return null;
  const times = { ...timed, speech_stopped: start, begun: timed.prepared_at ?? timed.decided };
  const after = (name) => (times[name] ?? NaN) - start;
  const steps = STEPS.map(([name, from, to]) => ({ name, from: after(from), to: after(to) }));
  return { steps: steps.filter(({ from, to }) => from <= to), total: timed.first_sound - start, ahead: timed.prepared_at != null };
}

/** Return a time for people. */
export const seconds = (time) => (Math.abs(time) < 1 ? `${Math.round(time * 1000)} ms` : `${time.toFixed(1)} s`);

/** Return the waterfall of a turn as elements; none if there is none. */
function chartOf(timed, isOpen) {
  const found = waterfall(timed);
  if (!found) return [];
  const { steps, total, ahead } = found;
  const most = Math.max(total, ...steps.map(({ to }) => to), 0.001);
  const least = Math.min(0, ...steps.map(({ from }) => from));
  const share = (time) => `${(100 * time) / (most - least)}%`;
  const rows = steps.map(({ name, from, to }) => {
    const bar = element("span", "bar");
    bar.style.insetInlineStart = share(from - least);
    bar.style.inlineSize = share(to - from);
    return element("tr", "", element("th", "", name), element("td", "track", bar), element("td", "", seconds(to - from)));
  });
  const summary = `${seconds(total)} to the first sound${ahead ? ", prepared while you finished" : ""}`;
  const chart = element("details", "", element("summary", "", summary), element("table", "", ...rows));
  chart.open = isOpen;
  return [chart];
}
