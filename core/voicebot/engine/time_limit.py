"""A time limit for what arrives in pieces: each piece renews it, at next to no cost.

`asyncio.Timeout.reschedule` creates and cancels a timer each time, which for small chunks of audio was a
fifth of the whole cost of a reply. Here one timer fires now and then, and checks whether anything came.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self


class TooLate(TimeoutError):
    """A time limit was exceeded; any other `TimeoutError` comes from what ran within it."""


class TimeLimit:
    """An async context manager that raises `TooLate` if `renew` is not called for `seconds`.

    The block then has as many seconds again to close, before it is cancelled once more.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._now = self._loop.time
        self._timeout = asyncio.timeout(None)
        self._timer: asyncio.TimerHandle | None = None
        self._deadline = 0.0
        self._task: asyncio.Task[object] | None = None
        self._cancellations = 0
        """How often the block was cancelled because closing took too long."""

    async def __aenter__(self) -> Self:
        self._task = asyncio.current_task()
        await self._timeout.__aenter__()
        self.renew()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            for _ in range(self._cancellations):
                self._task.uncancel()
        try:
            await self._timeout.__aexit__(kind, error, traceback)
        except TimeoutError as timeout:
            raise TooLate from timeout

    def renew(self) -> None:
        """Restart the time limit."""
        self._deadline = self._now() + self._seconds
        if self._timer is None:
            self._timer = self._loop.call_at(self._deadline, self._check, self._deadline)

    def suspend(self) -> None:
        """Suspend the time limit until the next `renew`, while something else is awaited."""
        self._deadline = float("inf")

    def _check(self, when: float) -> None:
        self._timer = None
        if self._deadline <= when:  # not compared with the clock: a timer may fire a rounding error early
            if not self._timeout.expired():
                self._timeout.reschedule(self._deadline)
            elif self._task is not None:
                self._cancellations += 1
                self._task.cancel()
            self.renew()
        elif self._deadline < float("inf"):
            self._timer = self._loop.call_at(self._deadline, self._check, self._deadline)
