// What is wrong, in words that say what to do.

export const problems = {
  denied: ["The microphone is not allowed", "Allow it in the site settings of your browser, beside the address. Until then, you can type."],
  missing: ["No microphone was found", "Plug one in, or type below."],
  unusable: ["The microphone cannot be used", "Another program may hold it. Close that, then turn the microphone on again. Until then, you can type."],
  insecure: ["The microphone needs HTTPS", "Browsers give it only to pages that come over HTTPS, or from this machine (localhost). You can type."],
  sound: ["This browser cannot play the bot", "It lacks AudioWorklet. Any browser of the last years has it."],
  paused: ["The sound is paused", "Tap anywhere to go on."],
  key: ["A key is needed", "Ask whoever runs this server for one."],
  wrongKey: ["That key does not work", "It may be mistyped or withdrawn."],
  origin: ["This page may not connect", "The server does not know this address. Open the page from the server itself, or have it listed in `serve.origins`."],
  bot: ["There is no bot here", "Check the address of this page."],
  full: ["All places are taken", "Trying again by itself as soon as one may be free."],
  busy: ["The server is busy", "Trying again by itself as soon as it is not."],
  limit: ["Too many conversations from here", "End another one, and this one goes on by itself."],
  rate: ["Too many attempts", "Trying again by itself in a minute."],
  draining: ["The server restarts", "Connecting again by itself."],
  unavailable: ["The server is not available", "Trying again by itself."],
  network: ["The connection is lost", "Trying again by itself."],
  offline: ["You are offline", "This goes on as soon as your device is online."],
  broken: ["Something went wrong on the server", "Trying again by itself."],
  dropped: ["The server closed the connection", "Trying again by itself."],
  idle: ["Nobody has spoken for a while", "The conversation was ended, so that others can talk."],
  noHold: ["Hold to talk is not allowed here", "The config of this bot decides when a turn is over."],
};

/** Return title and help of what the user should know now, or null. */
export function problemOf(state, supported = true) {
  if (!supported) return problems.sound;
  if (state.problem === "key" && state.key) return problems.wrongKey;
  if (state.problem) return problems[state.problem];
  if (state.paused) return problems.paused;
  return state.phase === "idle" || state.phase === "over" ? null : problems[state.microphone] || null;
}
