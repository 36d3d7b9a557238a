"""How long to wait for a recogniser that breaks, and which of its failures to report."""

from __future__ import annotations

import asyncio

from voicebot.dataclass import dataclass
from voicebot.errors import ProviderError

STEADY = 1.0
"""Seconds after which a session counts as working, even if nobody has spoken."""
_FIRST_WAIT, _LONGEST_WAIT = 0.2, 2.0
"""Seconds until the next attempt; the wait doubles with each."""
_HEALTHY = 5.0
"""Seconds after which a session that breaks counts as having worked: services close idle
sessions."""
_LONGEST_OUTAGE = 60.0
"""Seconds for which a recogniser may be unavailable if it has worked before or says that trying again
helps."""


@dataclass(frozen=True, slots=True)
class Retry:
    """What to do about a failure: try again after `wait` seconds, and report the failure or not."""

    wait: float
    reported: bool


class Outage:
    """Follows the sessions of one conversation, by the event loop's clock."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._attempts = 0
        self._has_worked = False
        self._reported: set[str] = set()
        self._opened_at = float("inf")

    def session_opened(self) -> None:
        """Record that a session is open."""
        self._opened_at = self._loop.time()

    def recognizer_changed(self) -> None:
        """Record that another recogniser is used from now on; what was reported of the one before is over."""
        self._attempts, self._has_worked = 0, False

    def session_works(self) -> bool:
        """Record that the session has recognised something; return whether a reported outage is over."""
        self._has_worked = True
        self._attempts = 0
        return self.session_lasts()

    def session_lasts(self) -> bool:
        """Record that the session has been open for a moment; return whether a reported outage is over."""
        was_reported = bool(self._reported)
        self._reported.clear()
        return was_reported

    def failed(self, error: ProviderError, *, hung: bool, unsettled: bool) -> Retry:
        """Record that a session broke or did not open; return what to do.

        Args:
            error: why.
            hung: whether the session did nothing; having been open for long is no sign of health then.
            unsettled: whether there is speech without a transcript. Otherwise the first failure is not
                reported, since the user does not notice it.

        Raises:
            ProviderError: the error, if there is no point in trying again.
        """
        now = self._loop.time()
        if now - self._opened_at >= _HEALTHY and not hung:
            self._has_worked = True
            self._attempts = 0
        self._opened_at = float("inf")
        if self._attempts == 0:
            self._began = now
        self._attempts += 1
        if now - self._began >= _LONGEST_OUTAGE or not (self._has_worked or error.retryable):
            raise error
        reported = str(error) not in self._reported and (self._attempts > 1 or unsettled)
        if reported:
            self._reported.add(str(error))
        return Retry(min(_FIRST_WAIT * 2.0 ** (self._attempts - 1), _LONGEST_WAIT), reported)
