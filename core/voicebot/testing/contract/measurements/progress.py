"""Whether a check moves on: slow is not stuck."""

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

Verdict: TypeAlias = Literal["moving", "stuck", "slow"]

TOTAL_LIMIT_FACTOR = 10
"""So many times the limit of a check that stands still, one that moves on may take in all."""
_SHARE = 0.03
"""Of a core: what works uses more, on a busy machine too, and what merely looks at a clock uses less."""


class Moves:
    """Counts what passes between a check and its provider: events, pieces of sound or text, starts."""

    def __init__(self) -> None:
        self.count = 0


_moves: ContextVar[Moves | None] = ContextVar("moves", default=None)


def counted() -> Moves:
    """Return a count of what moves in this context from now on."""
    moves = Moves()
    _moves.set(moves)
    return moves


def record_progress() -> None:
    """Take note that something passed between a check and its provider."""
    if (moves := _moves.get()) is not None:
        moves.count += 1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How far a check is at a moment."""

    at: float
    moves: int
    turn: int | None
    """The number of the turn in which its event loop works; None while the loop waits, or nobody counts."""
    processor: float
    """Seconds of the processor's time, of this process and of those it began."""


class Progress:
    """Judges from one moment to the next whether a check moves on.

    It does when something passes between it and its provider, and when the processor works for it. What
    works in one and the same turn of the event loop is in an endless loop.
    """

    def __init__(self, limit: float, first: Snapshot) -> None:
        self._limit = limit
        self._first = first
        self._last = first

    def judge(self, now: Snapshot) -> Verdict:
        """Return how the check stands."""
        last = self._last
        works = now.processor - last.processor >= _SHARE * (now.at - last.at)
        blocked = now.turn is not None and now.turn == last.turn
        if now.moves != last.moves or (works and not blocked):
            self._last = now
        if now.at - self._last.at >= self._limit:
            return "stuck"
        return "slow" if now.at - self._first.at >= TOTAL_LIMIT_FACTOR * self._limit else "moving"


@asynccontextmanager
async def until_still(limit: float) -> AsyncGenerator[None, None]:
    """Raise `TimeoutError` when the processor has done next to nothing for `limit` seconds, or for ever."""
    loop = asyncio.get_running_loop()
    progress = Progress(limit, Snapshot(loop.time(), 0, None, processor_seconds()))
    looking: asyncio.TimerHandle | None = None
    async with asyncio.timeout(None) as timeout:

        def look() -> None:
            nonlocal looking
            if progress.judge(Snapshot(loop.time(), 0, None, processor_seconds())) == "moving":
                looking = loop.call_later(limit / 8, look)
            else:
                timeout.reschedule(loop.time())

        looking = loop.call_later(limit / 8, look)
        try:
            yield
        finally:
            looking.cancel()  # whichever it is by now


def processor_seconds() -> float:
    """Return the seconds of the processor's time that this process and those it began have used.

    Without those of the thread that asks, which only watches or waits.
    """
    times = os.times()
    own = time.process_time() - time.thread_time() + times.children_user + times.children_system
    return own + sum(process.processor for process in child_processes.descendants())
