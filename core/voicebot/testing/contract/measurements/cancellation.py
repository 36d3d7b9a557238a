"""Cancelling something at each of its awaits, one after the other, and seeing how it takes that."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import suppress
from functools import partial
from typing import Any

from voicebot.run_delay import RunDelay
from voicebot.testing.contract.failures import Unmet, describe
from voicebot.testing.contract.measurements.runtime_resources import LIMIT

Use = Callable[[], Coroutine[Any, Any, None]]
LongUse = Callable[[Callable[[], None]], Coroutine[Any, Any, None]]
"""A use that calls what it is given in its midst."""

_STUCK = 3.0
_ATTEMPTS = 3
"""Slow once may be the machine's fault; slow each time is not."""


class Suspensions:
    """Awaits a coroutine and counts how often it suspends; cancels its task at one of these times."""

    def __init__(self, use: Coroutine[Any, Any, None], at: int = 0, after: float = 0.0) -> None:
        self.count = 0
        self.due: float | None = None
        """When it should have been cancelled, on the loop's clock."""
        self.run_delay = 0.0
        """How long others had had the processor in this thread's place by then."""
        self.reached = asyncio.Event()
        self.cancelled = False
        self._use = use
        self._at = at
        self._after = after

    def __await__(self) -> Generator[Any, Any, None]:
        steps = self._use.__await__()
        step: Callable[[], Any] = partial(next, steps)
        while True:
            try:
                future = step()
            except StopIteration:
                return
            self.count += 1
            if self.count == self._at:
                self._cancel_later()
            try:
                value = yield future
            except BaseException as error:
                step = partial(steps.throw, error)
            else:
                step = partial(steps.send, value)

    def _cancel_later(self) -> None:
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        assert task is not None
        self.due = loop.time() + self._after
        self.run_delay = _run_delay()
        self.reached.set()
        loop.call_later(self._after, self._cancel, task)

    def _cancel(self, task: asyncio.Task[None]) -> None:
        self.cancelled = task.cancel()


async def suspensions(use: Coroutine[Any, Any, None]) -> int:
    """Return how often a coroutine suspends until its end."""
    counted = Suspensions(use)
    await counted
    return counted.count


def spread(count: int, most: int) -> list[int]:
    """Return at most so many numbers from 1 to `count`: the first ones all, the others evenly."""
    if count <= most:
        return list(range(1, count + 1))
    first = most // 2
    rest = most - first
    return [*range(1, first + 1), *(first + (count - first) * step // rest for step in range(1, rest + 1))]


async def ensure_stops_when_cancelled(use: Use, at: int, after: float) -> None:
    """Insist that a use ends with `CancelledError` soon after it is cancelled at its await number `at`."""
    where = f"cancelled at its await number {at}" + (f", {after:g} s later" if after else "")
    for attempt in range(_ATTEMPTS):
        took = await _cancelled(use, at, after, where)
        if took <= LIMIT:
            return
        if attempt == _ATTEMPTS - 1:
            raise Unmet(f"an end within {LIMIT:g} s, when {where}", f"it took {took:.2f} s")


async def _cancelled(use: Use, at: int, after: float, where: str) -> float:
    """Cancel a use; return the seconds until it ended, without those of others on a busy machine."""
    loop = asyncio.get_running_loop()
    counted = Suspensions(use(), at, after)
    ended: list[float] = []

    async def run() -> None:
        try:
            await counted
        finally:
            ended.append(loop.time() - _run_delay())

    task = asyncio.create_task(run(), name="contract: use")
    reached = asyncio.create_task(counted.reached.wait(), name="contract: await to be cancelled at")
    await asyncio.wait({task, reached}, return_when=asyncio.FIRST_COMPLETED)
    reached.cancel()
    await asyncio.wait({task}, timeout=after + _STUCK)
    if not task.done():
        raise Unmet(f"an end within {LIMIT:g} s, when {where}", f"it goes on after {_STUCK:g} s")
    if not counted.cancelled:  # it was over before
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error
        return 0.0
    if not task.cancelled():
        error = task.exception()
        raise Unmet(
            f"a CancelledError, when {where}",
            describe(error) if error is not None else "it swallowed the cancellation and went on to its end",
        )
    assert counted.due is not None
    return ended[0] - (counted.due - counted.run_delay)


def _run_delay() -> float:
    """Return the seconds this thread was ready to run while others had the processor; 0 where unknown."""
    return RunDelay().seconds() or 0.0


async def cancel_after(use: Awaitable[None], after: float = _STUCK) -> None:
    """Cancel a use after some seconds, unless it cancels itself; how it takes that is no matter here."""
    task = asyncio.create_task(_quietly(use), name="contract: use")
    await asyncio.wait({task}, timeout=after)
    task.cancel()
    await asyncio.wait({task}, timeout=_STUCK)


async def cancel_midway(use: LongUse) -> None:
    """Cancel a use in its midst, and wait for it; how it takes that is no matter here."""

    async def whole() -> None:
        task = asyncio.current_task()
        assert task is not None

        def cancel() -> None:
            task.cancel()

        await use(cancel)

    await cancel_after(whole())


async def _quietly(use: Awaitable[None]) -> None:
    with suppress(Exception):
        await use
