"""How long the event loop is held up by what runs on it, on a machine that may be busy with other things."""

from __future__ import annotations

import asyncio
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
"""Seconds that a provider may hold the loop up at a time: two frames of sound."""
_ATTEMPTS = 6
"""Once may be a cold cache or the machine; each time is the provider."""
_TICK = 0.01
_NAP = 0.01
"""Seconds of waiting in one turn of the loop that are no accident."""
_MOST_NAPS = 0.5
"""Part of the time that the loop may spend in naps, when none of them is long."""
_LEAST = 0.1

Use: TypeAlias = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Moment:
    """A thread's clocks: the wall's, the processor's, and how long others had the processor in its place."""

    wall: float
    processor: float
    others: float | None


class Stalls:
    """Takes note of the turns of a loop in which something held it up, and of where that was."""

    def __init__(self, loop_thread: int) -> None:
        self.longest = 0.0
        self.where = "an unknown place"
        self.naps = 0.0
        self._thread = loop_thread
        self._run_delay = RunDelay()
        self._began: _Moment | None = None
        self._ticks = 0
        self._seen = ""

    def begins(self) -> None:
        """Take note that the loop has work to do."""
        self._ticks, self._seen = 0, ""
        self._began = self._now()

    def ends(self) -> None:
        """Take note that it waits again."""
        began, self._began = self._began, None
        if began is None:
            return
        now = self._now()
        wall = now.wall - began.wall
        if now.others is None or began.others is None:
            held = min(wall, (self._ticks + 1) * _TICK)  # whoever ticks would starve as well
        else:
            held = wall - (now.others - began.others)
        asleep = held - (now.processor - began.processor)
        if asleep >= _NAP:
            self.naps += asleep
        if held > self.longest:
            self.longest, self.where = held, self._seen or self.where

    def tick(self) -> None:
        """Look, from another thread, at what the loop is doing."""
        if (began := self._began) is None:
            return
        self._ticks += 1
        if time.monotonic() - began.wall >= _TICK:
            self._seen = stack_location.thread_location(self._thread) or self._seen

    def _now(self) -> _Moment:
        return _Moment(time.monotonic(), time.thread_time(), self._run_delay.seconds())


async def ensure_no_stalls(use: Use) -> None:
    """Insist that a use does not hold the loop up, in each of several attempts."""
    if current_selector() is None:
        return
    held, where, napping = float("inf"), "", False
    for _ in range(_ATTEMPTS):
        began = asyncio.get_running_loop().time()
        with _measured() as stalls:
            await use()
        took = asyncio.get_running_loop().time() - began
        napping = stalls.naps > max(_MOST_NAPS * took, _LEAST)
        if stalls.longest <= LONGEST and not napping:
            return
        if stalls.longest < held:
            held, where = stalls.longest, stalls.where
    seen = f"it is held up for {held * 1000:.0f} ms" if held > LONGEST else "it is held up again and again"
    raise Unmet(f"an event loop that is held up for at most {LONGEST * 1000:.0f} ms", f"{seen}, at {where}")


@contextmanager
def _measured() -> Iterator[Stalls]:
    """Measure the turns of the loop that runs this."""
    turns = current_selector()
    assert turns is not None
    stalls = Stalls(threading.get_ident())
    over = threading.Event()

    def look() -> None:
        while not over.wait(_TICK):
            stalls.tick()

    thread = threading.Thread(target=look, name="contract: stalls", daemon=True)
    thread.start()
    collects = gc.isenabled()
    gc.disable()  # in a large test run a collection takes longer than any provider may
    turns.recorder = stalls
    try:
        yield stalls
    finally:
        turns.recorder = None
        if collects:
            gc.enable()
        over.set()
        thread.join()
