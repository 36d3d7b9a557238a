// One connection at a time: a one-use token over HTTP, then a WebSocket that shows it.

const SUBPROTOCOLS = ["realtime", "voicebot.v1"];
const TIMEOUT = 8000;

/** Connects, and tells what comes: `message`, `refused` and `closed` events of `session.js`. */
export class Connection {
  #tell;
  #current = null;

  constructor(tell) {
    this.#tell = tell;
  }

  /** Connect anew; tells of an older connection no more. */
  async connect(key, resume) {
    this.disconnect();
    const current = { socket: null, abort: new AbortController() };
    this.#current = current;
    const tell = (event) => {
      if (this.#current === current) this.#tell(event);
    };
    let token;
    try {
      token = await this.#token(key, current.abort, tell);
    } catch {
      tell({ type: "closed", code: 1006 });
    }
    if (!token || this.#current !== current) return;
    const url = new URL("v1/realtime", document.baseURI);
    url.protocol = url.protocol.replace("http", "ws");
    const before = resume ? [`voicebot.resume.${resume}`] : [];
    const socket = new WebSocket(url, [...SUBPROTOCOLS, `openai-insecure-api-key.${token}`, ...before]);
    current.socket = socket;
    socket.onmessage = ({ data }) => tell({ type: "message", message: JSON.parse(data) });
    socket.onclose = ({ code }) => {
      tell({ type: "closed", code });
      if (this.#current === current) this.#current = null;
    };
  }

  send(message) {
    const socket = this.#current?.socket;
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  disconnect() {
    const current = this.#current;
    this.#current = null;
    current?.abort.abort();
    current?.socket?.close(1000);
  }

  async #token(key, abort, tell) {
    const timer = setTimeout(() => abort.abort(), TIMEOUT);
    try {
      const response = await fetch(new URL("v1/realtime/client_secrets", document.baseURI), {
        method: "POST",
        headers: key ? { Authorization: `Bearer ${key}` } : {},
        signal: abort.signal,
        cache: "no-store",
      });
      const answer = await response.json().catch(() => ({}));
      if (response.ok && answer.value) return answer.value;
      const retryAfter = Number(response.headers.get("Retry-After")) || 0;
      tell({ type: "refused", code: answer.error?.code || "unavailable", retryAfter });
    } finally {
      clearTimeout(timer);
    }
    return null;
  }
}
