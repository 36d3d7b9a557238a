"""Resources that are about to be released get some time before they are reported as left over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from voicebot.testing.contract.failures import Unmet
from voicebot.testing.contract.measurements.runtime_resources import (
    RuntimeResources,
    ensure_no_buildup,
    ensure_nothing_left,
)
from voicebot.testing.contract.measurements.system_resources import ensure_released


class BusyMachine(asyncio.SelectorEventLoop):
    """A loop that loses ten seconds whenever it looks at the clock."""

    now = 0.0

    def time(self) -> float:
        self.now += 10.0
        return self.now


async def no_task() -> None:
    before = RuntimeResources()
    ending = asyncio.create_task(turns(10))
    await ensure_nothing_left(before, "closing")
    await ending


async def no_more_than_idle() -> None:
    idle = RuntimeResources()
    ending = asyncio.create_task(turns(10))
    await ensure_no_buildup(idle, 1, "a use")
    await ending


async def no_process() -> None:
    ending = asyncio.create_task(turns(10))
    await ensure_released(lambda: [] if ending.done() else ["process 7"], "closing")


async def turns(count: int) -> None:
    """End after some iterations of the loop."""
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.mark.parametrize("looking", [no_task, no_more_than_idle, no_process])
def test_a_task_that_ends_within_a_few_iterations_is_not_reported(
    looking: Callable[[], Coroutine[Any, Any, None]],
) -> None:
    with asyncio.Runner(loop_factory=BusyMachine) as runner:
        runner.run(looking())


def test_a_task_that_stays_is_reported() -> None:
    async def stays() -> None:
        before = RuntimeResources()
        staying = asyncio.create_task(asyncio.Event().wait(), name="stays")
        try:
            with pytest.raises(Unmet, match="task 'stays'"):
                await ensure_nothing_left(before, "closing", 0.01)
        finally:
            staying.cancel()

    asyncio.run(stays())
