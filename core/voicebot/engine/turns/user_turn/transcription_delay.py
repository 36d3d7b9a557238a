"""How late words are recognised: the last one before a pause comes when the pause has already begun."""

from __future__ import annotations

_BURST = 0.12
"""Seconds after which a word that came in a pause counts as the last: some come in bursts."""
_LEARNING_RATE = 0.3


class TranscriptionDelay:
    """The usual time from the end of speech to the partial transcript with its last word; times in seconds.

    Args:
        expected: this time, until some have been measured.
        margin: at most added to it where no word has come since speech ended.
    """

    def __init__(self, expected: float, margin: float) -> None:
        self._delay = expected
        self._margin = margin

    def complete_at(self, last_word_at: float, silent_since: float) -> float:
        """Return when the words before a pause can be taken to be complete, the latest having come so far."""
        if last_word_at > silent_since:
            return last_word_at + _BURST
        return silent_since + self._delay + min(self._margin, self._delay)

    def measure(self, last_word_at: float, silent_since: float, *, is_last: bool = False) -> None:
        """Learn from a word that came during silence.

        Args:
            is_last: whether it is known to be the last, so that there was no delay if it came before.
        """
        delay = max(0.0, last_word_at - silent_since)
        if delay > 0 or is_last:
            self._delay += _LEARNING_RATE * (delay - self._delay)
