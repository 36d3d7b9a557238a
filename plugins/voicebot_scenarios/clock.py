"""A clock that skips the time in which everybody waits for it, and runs while work is done elsewhere."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any, TypeVar, TypeVarTuple, Unpack

from voicebot.testing import Deadlock

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
_LONGEST_STILL = 60.0
"""Real seconds for which the clock stands still at most while a thread computes."""
_ROUND = 1024.0
"""Seconds; conversations begin at multiples of this."""
LAST_CHANCE = 10.0


class _Selector(selectors.BaseSelector):
    """Waits for real only while something outside of the loop is at work."""

    def __init__(self, last_chance: float) -> None:
        self.now = 0.0
        self._last_chance = last_chance
        self.outside = self.computing = 0
        self._real = selectors.DefaultSelector()

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = self._real.select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if self.computing and (ready := self._real.select(_LONGEST_STILL)):
            return ready
        if self.outside:
            return self._wait(timeout)
        if timeout is not None:
            self.now += timeout
            return []
        if not (ready := self._real.select(self._last_chance)):
            raise Deadlock("every task is waiting for something that can no longer happen")
        return ready

    def _wait(self, timeout: float | None) -> list[tuple[selectors.SelectorKey, int]]:
        """Let real time pass, and count it."""
        began = time.monotonic()
        ready = self._real.select(timeout)
        passed = time.monotonic() - began
        if timeout is not None:  # a timer is due exactly then, although waiting takes a little longer
            passed = min(passed, timeout) if ready else timeout
        self.now += passed
        return ready

    def close(self) -> None:
        self._real.close()

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()


class ScenarioLoop(asyncio.SelectorEventLoop):
    """An event loop whose `time()` starts at 0 and counts what a user would notice.

    While all tasks wait for timers, it jumps to the next one. While `outside` work is done, such as that of a
    service over the network, it runs like a real clock. While a thread of an executor computes, as with
    `asyncio.to_thread`, it stands still, so that the speed of this machine changes nothing; but if that
    thread does the work of a tool, it runs.

    Args:
        last_chance: real seconds to wait for something from outside before it is a deadlock.
    """

    def __init__(self, last_chance: float = LAST_CHANCE) -> None:
        self._scenario_selector = _Selector(last_chance)
        self._tools = 0
        super().__init__(self._scenario_selector)

    def time(self) -> float:
        """Return the time in seconds."""
        return self._scenario_selector.now

    @property
    def is_real(self) -> bool:
        """Whether it runs like a real clock now."""
        return self._scenario_selector.outside > 0

    def begin(self) -> None:
        """Go on at a round time, so that what follows is rounded alike however long it took to get here."""
        selector = self._scenario_selector
        selector.now = (selector.now // _ROUND + 1) * _ROUND

    @contextmanager
    def outside(self, *, tool: bool = False) -> Iterator[None]:
        """Let the clock run during the block, in which something else than this loop is at work."""
        self._scenario_selector.outside += 1
        self._tools += tool
        try:
            yield
        finally:
            self._scenario_selector.outside -= 1
            self._tools -= tool

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """Run a function in a thread; unless it does the work of a tool, the clock stands still meanwhile."""
        future = super().run_in_executor(executor, func, *args)
        if not self._tools:
            self._scenario_selector.computing += 1
            future.add_done_callback(self._computed)
        return future

    async def shutdown_default_executor(self, *args: Any, **kwargs: Any) -> None:
        """Wait for the threads of the executor, in real time."""
        with self.outside():
            await super().shutdown_default_executor(*args, **kwargs)

    def _computed(self, _: asyncio.Future[Any]) -> None:
        self._scenario_selector.computing -= 1


def current_loop() -> ScenarioLoop:
    """Return the running loop.

    Raises:
        RuntimeError: it is another kind of loop.
    """
    loop = asyncio.get_running_loop()
    if not isinstance(loop, ScenarioLoop):
        raise RuntimeError("scenarios run on a `ScenarioLoop`")
    return loop
