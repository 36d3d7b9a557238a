"""How late words are recognised: the last one before a pause comes when the pause has already begun."""

from __future__ import annotations

_BURST = 0.12
"""Seconds after which a word that came in a pause counts as the last: some come in bursts."""
_LEARNING_RATE = 0.3
_NONE = 0.04
"""Seconds that count as no delay: voice activity detectors work in frames of 20 to 32 ms."""
_RELIABLE = 3
"""Consecutive pauses without delay after which the next one is expected to have none."""


class TranscriptionDelay:
    """The usual time from the end of speech to the partial transcript with its last word; times in seconds.

    Args:
        expected: this time, until some have been measured.
        margin: added to it where no word has come since speech ended.
    """

    def __init__(self, expected: float, margin: float) -> None:
        self._delay = expected
        self._margin = margin
        self._without_delay = 0

    @property
    def is_none(self) -> bool:
        """Whether the words of the last pauses came without delay."""
        return self._without_delay >= _RELIABLE

    def complete_at(self, last_word_at: float, silent_since: float) -> float:
        """Return when the words before a pause can be taken to be complete, the latest having come so far."""
        if self.is_none and last_word_at <= silent_since + _NONE:
            return max(last_word_at, silent_since)
        if last_word_at > silent_since:
            return last_word_at + _BURST
        return silent_since + self._delay + self._margin

    def measure(self, last_word_at: float, silent_since: float) -> None:
        """Learn from a word that came during silence; one that came before says nothing."""
        if (delay := last_word_at - silent_since) > 0:
            self._delay += _LEARNING_RATE * (delay - self._delay)
        if delay > _NONE:
            self._without_delay = 0

    def final_came(self, last_word_at: float, silent_since: float) -> None:
        """Learn from a final transcript that had no more words than had come by `last_word_at`."""
        if last_word_at <= silent_since + _NONE:
            self._without_delay += 1

    def words_were_missing(self) -> None:
        """Learn that words of a pause came after it had begun, if not how late they would have come."""
        self._without_delay = 0
