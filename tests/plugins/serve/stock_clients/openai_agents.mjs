// @openai/agents-realtime (JavaScript): a question in text, a function, and a story that sound interrupts.
import { RealtimeAgent, RealtimeSession, tool } from "@openai/agents-realtime";

const [url, apiKey] = process.argv.slice(2);
const LOUD = new Uint8Array(4800).fill(16);
const SILENT = new Uint8Array(4800);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const weather = tool({
  name: "weather",
  description: "Tell the weather of a city.",
  strict: false,
  parameters: { type: "object", properties: { city: { type: "string" } }, required: [], additionalProperties: true },
  execute: async ({ city }) => `sunny in ${city}`,
});
const agent = new RealtimeAgent({ name: "sailor", instructions: "Be brief.", tools: [weather] });
const session = new RealtimeSession(agent, { transport: "websocket" });
const seen = { sound: 0, results: [], errors: [], interrupted: 0, said: [] };
const lines = ["hello", "what is the weather", "tell me a story"];
const answers = ["Ahoy", "It is sunny"];
let interrupting = false;

async function interrupt() {
  await pause(1000);
  for (const sound of [...Array(10).fill(LOUD), ...Array(15).fill(SILENT)]) {
    session.sendAudio(sound.buffer);
    await pause(100);
  }
}

function finish(code) {
  console.log(JSON.stringify(seen));
  session.close();
  process.exit(code);
}

session.on("audio", (event) => {
  seen.sound += event.data.byteLength;
  if (!lines.length && !interrupting) {
    interrupting = true;
    interrupt();
  }
});
session.on("agent_tool_end", (_context, _agent, _tool, result) => seen.results.push(result));
session.on("audio_interrupted", () => { seen.interrupted += 1; });
session.on("error", (error) => seen.errors.push(JSON.stringify(error)));
session.on("history_updated", (history) => {
  seen.said = history
    .filter((item) => item.type === "message")
    .map((item) => item.content.map((part) => part.transcript ?? part.text ?? "").join(" "));
  const [before, last] = seen.said.slice(-2);
  if (answers.length && seen.said.at(-1)?.startsWith(answers[0])) {
    answers.shift();
    session.sendMessage(lines.shift());
  } else if (before?.startsWith("stop") && last?.startsWith("Ahoy there.")) {
    finish(0);
  }
});
setTimeout(() => finish(1), 40000);
await session.connect({ apiKey, url });
session.sendMessage(lines.shift());
