"""How long a use blocks the event loop, on a machine that may be busy with other programs."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from voicebot.run_delay import RunDelay
from voicebot.testing.contract.failures import Unmet
from voicebot.testing.contract.measurements import stack_location
from voicebot.testing.contract.measurements.event_loop import current_selector

LONGEST = 0.04
"""Seconds for which a provider may block the loop at a time: two frames of sound."""
_ATTEMPTS = 6
"""A stall in one attempt may be a cold cache or the machine; a stall in each is the provider's."""
_TICK = 0.01
_NAP = 0.01
"""Sleep of at least this many seconds in one iteration of the loop is deliberate."""
_MOST_NAPS = 0.5
"""The share of the time that the loop may spend in naps, none of which is long."""
_LEAST = 0.1

Use: TypeAlias = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Moment:
    """A thread's clocks in seconds: wall time, processor time, and run delay (None where unknown)."""

    wall: float
    processor: float
    run_delay: float | None


class Stalls:
    """Records the longest iteration of a loop, and where it was blocked."""

    def __init__(self, loop_thread: int) -> None:
        self.longest = 0.0
        self.where = "an unknown place"
        self.naps = 0.0
        self._thread = loop_thread
        self._run_delay = RunDelay()
        self._first = self._now()
        self._began: _Moment | None = None
        self._ticks = 0
        self._seen = ""

    def iteration_started(self) -> None:
        """Record that the loop has begun to work."""
        self._ticks, self._seen = 0, ""
        self._began = self._now()

    def iteration_ended(self) -> None:
        """Record that the loop waits again."""
        began, self._began = self._began, None
        if began is None:
            return
        now = self._now()
        wall = now.wall - began.wall
        if now.run_delay is None or began.run_delay is None:
            blocked = min(wall, (self._ticks + 1) * _TICK)  # the ticking thread would starve as well
        else:
            blocked = wall - (now.run_delay - began.run_delay)
        asleep = blocked - (now.processor - began.processor)
        if asleep >= _NAP:
            self.naps += asleep
        if blocked > self.longest:
            self.longest, self.where = blocked, self._seen or self.where

    def tick(self) -> None:
        """Look at what the loop is doing, from another thread."""
        if (began := self._began) is None:
            return
        self._ticks += 1
        if time.monotonic() - began.wall >= _TICK:
            self._seen = stack_location.thread_location(self._thread) or self._seen

    def seconds(self) -> float:
        """Return the seconds since the measurement began, without those in which others had the processor."""
        now = self._now()
        return now.wall - self._first.wall - ((now.run_delay or 0.0) - (self._first.run_delay or 0.0))

    def _now(self) -> _Moment:
        run_delay = self._run_delay.seconds()
        return _Moment(time.monotonic(), time.thread_time(), run_delay)


async def ensure_no_stalls(use: Use) -> None:
    """Require a use not to block the loop in one of several attempts."""
    if current_selector() is None:
        return
    longest, where, napping = float("inf"), "", False
    for _ in range(_ATTEMPTS):
        with _measured() as stalls:
            await use()
            took = stalls.seconds()
        napping = stalls.naps > max(_MOST_NAPS * took, _LEAST)
        if stalls.longest <= LONGEST and not napping:
            return
        if stalls.longest < longest:
            longest, where = stalls.longest, stalls.where
    seen = f"it is blocked for {longest * 1000:.0f} ms" if longest > LONGEST else "it is blocked repeatedly"
    raise Unmet(f"an event loop that is blocked for at most {LONGEST * 1000:.0f} ms", f"{seen}, at {where}")


@contextmanager
def _measured() -> Iterator[Stalls]:
    """Measure the iterations of the running loop."""
    selector = current_selector()
    assert selector is not None
    stalls = Stalls(threading.get_ident())
    over = threading.Event()

    def look() -> None:
        while not over.wait(_TICK):
            stalls.tick()

    thread = threading.Thread(target=look, name="contract: stalls", daemon=True)
    thread.start()
    collects = gc.isenabled()
    gc.disable()  # in a large test run a collection takes longer than a provider may
    selector.recorder = stalls
    try:
        yield stalls
    finally:
        selector.recorder = None
        if collects:
            gc.enable()
        over.set()
        thread.join()
