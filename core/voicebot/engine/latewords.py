"""Words that were answered before the recogniser had settled them: they may still come, and differ."""

from __future__ import annotations

from collections import deque

from voicebot.engine.wording import alike

_MOST = 8
_FORGOTTEN = 70.0
"""Seconds after which such words are not expected any more: a recogniser may be away for 60."""


class LateWords:
    """Knows what was given up waiting for; times are seconds on any one clock."""

    def __init__(self) -> None:
        self._given_up: deque[tuple[float, str]] = deque(maxlen=_MOST)

    def give_up(self, now: float, words: str) -> None:
        """Take note that these words are taken as they are."""
        self._given_up.append((now, words))

    def expects(self, now: float, text: str) -> bool:
        """Return whether a transcript is of such words."""
        return self._find(now, text) is not None

    def settled(self, now: float, text: str) -> str | None:
        """Return the words that a final transcript settles, None if it is of none; they are done with."""
        found = self._find(now, text)
        if found is None:
            return None
        while self._given_up.popleft() != found:  # finals come in order
            pass
        return found[1]

    def _find(self, now: float, text: str) -> tuple[float, str] | None:
        while self._given_up and now - self._given_up[0][0] > _FORGOTTEN:
            self._given_up.popleft()
        return next((late for late in self._given_up if alike(late[1], text)), None)
