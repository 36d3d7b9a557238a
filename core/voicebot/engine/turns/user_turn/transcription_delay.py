"""When the words before a pause are complete: recognisers tell the last one after the silence has begun."""

from __future__ import annotations

_SETTLED = 0.12
"""Seconds after which a word that was told in a pause is taken to be the last: some come in bursts."""
_LEARNING = 0.3


class LastWord:
    """Knows from experience how late the last word before a pause is told.

    Args:
        lag: seconds after the last sound until it is told, until experience tells.
        margin: seconds more that are waited where no word has come since the last sound.
    """

    def __init__(self, lag: float, margin: float) -> None:
        self._lag = lag
        self._margin = margin

    def told_by(self, told_at: float, silent_since: float) -> float:
        """Return when it can be taken to have been told, the latest word so far having come at `told_at`."""
        if told_at > silent_since:
            return told_at + _SETTLED
        return silent_since + self._lag + self._margin

    def learn(self, told_at: float, silent_since: float) -> None:
        """Take note that a word came at `told_at`, which is nothing new if that was before the silence."""
        if (lag := told_at - silent_since) > 0:
            self._lag += _LEARNING * (lag - self._lag)
