"""Cancel a coroutine at each of its awaits in turn, and see how it reacts."""

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
"""A use that calls its argument half-way through."""

_HUNG_AFTER = 3.0
_ATTEMPTS = 3
"""One slow attempt may be the machine's fault; three are not."""


class Suspensions:
    """Awaits a coroutine, counts how often it suspends, and cancels its task at suspension number `at`."""

    def __init__(self, use: Coroutine[Any, Any, None], at: int = 0, after: float = 0.0) -> None:
        self.count = 0
        self.due: float | None = None
        """When it was to be cancelled, on the loop's clock."""
        self.run_delay = 0.0
        """The thread's run delay by then, in seconds."""
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
    """Run a coroutine to its end, and return how often it suspended."""
    counted = Suspensions(use)
    await counted
    return counted.count


def spread(count: int, most: int) -> list[int]:
    """Return at most `most` numbers from 1 to `count`: the first of them all, the rest evenly spread."""
    if count <= most:
        return list(range(1, count + 1))
    first = most // 2
    rest = most - first
    return [*range(1, first + 1), *(first + (count - first) * step // rest for step in range(1, rest + 1))]


async def ensure_stops_when_cancelled(use: Use, at: int, after: float) -> None:
    """Require a use to end with `CancelledError` soon after it is cancelled at await number `at`."""
    where = f"cancelled at await number {at}" + (f", {after:g} s later" if after else "")
    for attempt in range(_ATTEMPTS):
        took = await _cancelled(use, at, after, where)
        if took <= LIMIT:
            return
        if attempt == _ATTEMPTS - 1:
            raise Unmet(f"an end within {LIMIT:g} s when {where}", f"it took {took:.2f} s")


async def _cancelled(use: Use, at: int, after: float, where: str) -> float:
    """Cancel a use; return the seconds until it ended, without those in which others had the processor."""
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
    await asyncio.wait({task}, timeout=after + _HUNG_AFTER)
    if not task.done():
        raise Unmet(f"an end within {LIMIT:g} s when {where}", f"it still runs after {_HUNG_AFTER:g} s")
    if not counted.cancelled:  # it had ended before
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error
        return 0.0
    if not task.cancelled():
        error = task.exception()
        raise Unmet(
            f"a CancelledError when {where}",
            describe(error) if error is not None else "it swallowed the cancellation and ran to its end",
        )
    assert counted.due is not None
    return ended[0] - (counted.due - counted.run_delay)


def _run_delay() -> float:
    """Return the seconds this thread was ready to run while others had the processor; 0 where unknown."""
    return RunDelay().seconds() or 0.0


async def cancel_after(use: Awaitable[None], after: float = _HUNG_AFTER) -> None:
    """Cancel a use after `after` seconds, unless it cancels itself; ignore how it reacts."""
    task = asyncio.create_task(_quietly(use), name="contract: use")
    await asyncio.wait({task}, timeout=after)
    task.cancel()
    await asyncio.wait({task}, timeout=_HUNG_AFTER)


async def cancel_midway(use: LongUse) -> None:
    """Cancel a use half-way through, and wait for it; ignore how it reacts."""

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
