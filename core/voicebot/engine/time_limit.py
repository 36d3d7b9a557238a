"""A time limit for what comes piece by piece: each piece renews it, and renewing costs next to nothing.

`asyncio.Timeout.reschedule` makes and cancels a timer each time, which for sound in small chunks was a
fifth of all that a reply cost. Here one timer fires now and then, and looks whether anything came.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self


class TooLate(TimeoutError):
    """A time limit was exceeded; a `TimeoutError` of what ran within it is something else."""


class TimeLimit:
    """An async context manager that raises `TooLate` when `renew` is not called for `seconds`.

    What the block does to close has as many seconds too, before it is broken off once more.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._now = self._loop.time
        self._limit = asyncio.timeout(None)
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._task: asyncio.Task[object] | None = None
        self._broken_off = 0

    async def __aenter__(self) -> Self:
        self._task = asyncio.current_task()
        await self._limit.__aenter__()
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
            for _ in range(self._broken_off):
                self._task.uncancel()
        try:
            await self._limit.__aexit__(kind, error, traceback)
        except TimeoutError as late:
            raise TooLate from late

    def renew(self) -> None:
        """Begin to wait anew."""
        self._due = self._now() + self._seconds
        if self._timer is None:
            self._timer = self._loop.call_at(self._due, self._look, self._due)

    def suspend(self) -> None:
        """Wait for ever, until the next `renew`: somebody else is the slow one."""
        self._due = float("inf")

    def _look(self, when: float) -> None:
        self._timer = None
        if self._due <= when:  # not compared with the clock: a timer may fire a rounding error early
            if not self._limit.expired():
                self._limit.reschedule(self._due)
            elif self._task is not None:
                self._broken_off += 1
                self._task.cancel()
            self.renew()
        elif self._due < float("inf"):
            self._timer = self._loop.call_at(self._due, self._look, self._due)
