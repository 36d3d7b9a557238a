"""How long a recogniser that breaks is waited for, and who is told."""

from __future__ import annotations

import asyncio
from typing import Protocol

from voicebot.errors import ProviderError

_FIRST_WAIT, _LONGEST_WAIT = 0.2, 2.0
"""Seconds until recognition is tried again, twice as many after each attempt."""
_HEALTHY = 5.0
"""Seconds after which a session that breaks was a good one: services close those that have long been idle."""
_STEADY = 1.0
"""Seconds after which a session counts as working again, though nobody has spoken."""
_OUTAGE = 60.0
"""Seconds that a recogniser may be away; one that has worked may, whatever it says the reason is."""


class OutageNews(Protocol):
    """Who is told that recognition is away, and that it is back."""

    def recognition_lost(self, error: ProviderError) -> None:
        """Take note that recognition is away, and will be tried again."""

    def recognition_back(self) -> None:
        """Take note that recognition works again."""


class Outage:
    """The sessions of one conversation: times are seconds on the event loop's clock."""

    def __init__(self, news: OutageNews) -> None:
        self._news = news
        self._loop = asyncio.get_running_loop()
        self._away_since = self._loop.time()
        self._attempts = 0
        self._has_worked = False
        self._told: set[str] = set()
        self._sessions = 0
        self._opened_at = float("inf")

    def session_opened(self) -> bool:
        """Take note of a session that begins; return whether there was one before."""
        self._sessions += 1
        self._opened_at = self._loop.time()
        return self._sessions > 1

    async def session_lasts(self, drained: asyncio.Event) -> None:
        """Tell that recognition is back, once the session has lasted for a moment and has taken all sound."""
        await asyncio.sleep(_STEADY)
        await drained.wait()
        self._is_back()

    def worked(self) -> None:
        """Take note that the session has recognised something."""
        self._has_worked = True
        self._attempts = 0
        self._is_back()

    def broke(self, error: ProviderError, *, hung: bool, matters: bool) -> float:
        """Take note that a session broke or did not open; return the seconds until the next attempt.

        Args:
            hung: whether it did nothing; that it was open for long is then no sign of health.
            matters: whether something had been said that is not settled; otherwise the first break is not
                told, since the user does not notice it.

        Raises:
            ProviderError: the error, if it is no use to go on.
        """
        now = self._loop.time()
        if now - self._opened_at >= _HEALTHY and not hung:
            self._has_worked = True
            self._attempts = 0
        self._opened_at = float("inf")
        if self._attempts == 0:
            self._away_since = now
        self._attempts += 1
        if now - self._away_since >= _OUTAGE or not (self._has_worked or error.retryable):
            raise error
        if str(error) not in self._told and (self._attempts > 1 or matters):
            self._told.add(str(error))
            self._news.recognition_lost(error)
        return min(_FIRST_WAIT * 2.0 ** (self._attempts - 1), _LONGEST_WAIT)

    def _is_back(self) -> None:
        if self._told:
            self._told.clear()
            self._news.recognition_back()
