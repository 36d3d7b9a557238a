// One connection at a time: a one-use token over HTTP, then a WebSocket that shows it. Sound is 24 kHz, s16le, base64.

/** Return samples as base64. */
export const encode = ({ buffer }) => btoa(String.fromCharCode(...new Uint8Array(buffer)));

/** Return the samples of base64. */
export function decode(text) {
  const { buffer } = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
  return new Int16Array(buffer, 0, buffer.byteLength >> 1);
}

/** Connects, and tells what comes: `message`, `refused` and `closed` events of `session.js`. */
export class Connection {
  #tell;
  #abort = null; // of what belongs to the connection of now
  #socket = null;

  constructor(tell) {
    this.#tell = tell;
  }

  /** Connect anew; tells of an older connection no more. */
  async connect(key, resume) {
    this.disconnect();
    const { signal } = (this.#abort = new AbortController());
    const tell = (...event) => signal.aborted || this.#tell(...event);
    try {
      const url = new URL("v1/realtime/client_secrets", document.baseURI);
      const headers = key ? { Authorization: `Bearer ${key}` } : {};
      const response = await fetch(url, { method: "POST", headers, signal, cache: "no-store" });
      const { value, error } = await response.json().catch(() => ({}));
      const retryAfter = Number(response.headers.get("Retry-After")) || 0;
      if (!value) tell("refused", { code: error?.code, retryAfter });
      if (!value || signal.aborted) return;
      const protocols = ["realtime", "voicebot.v1", `openai-insecure-api-key.${value}`];
      if (resume) protocols.push(`voicebot.resume.${resume}`);
      const socketUrl = new URL("v1/realtime", document.baseURI.replace("http", "ws"));
      this.#socket = new WebSocket(socketUrl, protocols);
      this.#socket.onmessage = ({ data }) => tell("message", { message: JSON.parse(data) });
      this.#socket.onclose = ({ code }) => tell("closed", { code });
    } catch {
      tell("closed", { code: 1006 });
    }
  }

  send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  disconnect() {
    this.#abort?.abort();
    this.#socket?.close(1000);
    this.#socket = null;
  }
}
