"""Whether a check makes progress: slow is not stuck."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal, TypeAlias

from voicebot.testing.contract.measurements import child_processes

Verdict: TypeAlias = Literal["progressing", "stuck", "slow"]

TOTAL_LIMIT_FACTOR = 10
"""How many times the limit without progress a check may take in all."""
_SHARE = 0.03
"""Share of a core: what works uses more, even on a busy machine, and what merely polls a clock uses less."""


class ProgressCounter:
    """Counts what passes between a check and its provider: events, chunks of sound or text, starts."""

    def __init__(self) -> None:
        self.count = 0


_counter: ContextVar[ProgressCounter | None] = ContextVar("counter", default=None)


def count_progress() -> ProgressCounter:
    """Return a counter of the progress made in this context from now on."""
    counter = ProgressCounter()
    _counter.set(counter)
    return counter


def record_progress() -> None:
    """Record that something passed between a check and its provider."""
    if (counter := _counter.get()) is not None:
        counter.count += 1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of a check at a moment."""

    at: float
    steps: int
    """What has passed between the check and its provider."""
    iteration: int | None
    """The current iteration of its event loop; None while the loop waits, or where they are not counted."""
    processor: float
    """Processor time of this process and its children, in seconds."""


class Progress:
    """Decides from one snapshot to the next whether a check makes progress.

    It does if something passes between it and its provider, or if it uses the processor. Work that stays in
    one iteration of the event loop does not count: it is an endless loop.
    """

    def __init__(self, limit: float, first: Snapshot) -> None:
        self._limit = limit
        self._first = first
        self._last = first

    def assess(self, now: Snapshot) -> Verdict:
        """Return the state of the check."""
        last = self._last
        works = now.processor - last.processor >= _SHARE * (now.at - last.at)
        blocked = now.iteration is not None and now.iteration == last.iteration
        if now.steps != last.steps or (works and not blocked):
            self._last = now
        if now.at - self._last.at >= self._limit:
            return "stuck"
        return "slow" if now.at - self._first.at >= TOTAL_LIMIT_FACTOR * self._limit else "progressing"


@asynccontextmanager
async def progress_timeout(limit: float) -> AsyncGenerator[None, None]:
    """Raise `TimeoutError` after `limit` seconds without progress, or ten times as long with it."""
    loop = asyncio.get_running_loop()
    progress = Progress(limit, Snapshot(loop.time(), 0, None, processor_seconds()))
    timer: asyncio.TimerHandle | None = None
    async with asyncio.timeout(None) as timeout:

        def poll() -> None:
            nonlocal timer
            if progress.assess(Snapshot(loop.time(), 0, None, processor_seconds())) == "progressing":
                timer = loop.call_later(limit / 8, poll)
            else:
                timeout.reschedule(loop.time())

        timer = loop.call_later(limit / 8, poll)
        try:
            yield
        finally:
            timer.cancel()  # the latest one


def processor_seconds() -> float:
    """Return the processor time of this process and its children, in seconds.

    The calling thread is left out, which only watches or waits.
    """
    times = os.times()
    own = time.process_time() - time.thread_time() + times.children_user + times.children_system
    return own + sum(process.processor for process in child_processes.descendants())
