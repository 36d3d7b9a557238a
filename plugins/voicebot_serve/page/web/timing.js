// Where the time of a turn went, from the server's `voicebot.turn.timed`.

const STEPS = [
  ["Hear", "speech_stopped", "final", "the last words are recognised"],
  ["Decide", "speech_stopped", "decided", "the turn is over"],
  ["Think", "begun", "first_token", "the model begins to answer"],
  ["Phrase", "first_token", "first_unit", "the first sentence is complete"],
  ["Speak", "first_unit", "first_byte", "the voice begins"],
  ["Send", "first_byte", "first_sound", "the first sound is on its way"],
];

/**
 * Return the steps of a turn with `from` and `to` in seconds since the user fell silent, and their `total`;
 * null if the turn was not spoken or not answered.
 */
export function waterfall(timed) {
  const start = timed.speech_stopped ?? timed.decided;
  if (start == null || timed.first_sound == null) return null;
  const times = { ...timed, speech_stopped: start, begun: timed.prepared_at ?? timed.decided };
  const steps = STEPS.filter(([, from, to]) => times[from] != null && times[to] != null && times[to] >= times[from]).map(
    ([name, from, to, what]) => ({ name, what, from: times[from] - start, to: times[to] - start }),
  );
  return { steps, total: timed.first_sound - start, ahead: timed.prepared_at != null };
}

/** Return a time for people. */
export const seconds = (time) => (Math.abs(time) < 1 ? `${Math.round(time * 1000)} ms` : `${time.toFixed(1)} s`);
