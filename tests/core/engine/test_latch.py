"""A flag that tasks wait for."""

from __future__ import annotations

import asyncio

from voicebot.engine.latch import Latch
from voicebot.testing import simulated


@simulated
async def test_setting_wakes_every_waiting_task_even_if_it_is_cleared_at_once() -> None:
    latch, woken = Latch(), []

    async def wait(name: str) -> None:
        await latch.wait()
        woken.append(name)

    async with asyncio.TaskGroup() as tasks:
        for name in ("one", "other"):
            tasks.create_task(wait(name))
        await asyncio.sleep(1)
        assert woken == []
        latch.set()
        latch.clear()
    assert woken == ["one", "other"]
    assert not latch.is_set()


@simulated
async def test_waiting_for_a_set_latch_returns_at_once() -> None:
    latch = Latch()
    latch.set()
    async with asyncio.timeout(0):
        await latch.wait()
    assert latch.is_set()


@simulated
async def test_a_cancelled_task_leaves_the_others_waiting() -> None:
    latch = Latch()
    async with asyncio.TaskGroup() as tasks:
        cancelled, other = (tasks.create_task(latch.wait()) for _ in range(2))
        await asyncio.sleep(1)
        cancelled.cancel()
        await asyncio.sleep(1)
        assert cancelled.cancelled()
        assert not other.done()
        latch.set()


@simulated
async def test_cancelling_a_task_while_it_is_being_woken_does_no_harm() -> None:
    latch = Latch()
    async with asyncio.TaskGroup() as tasks:
        cancelled, other = (tasks.create_task(latch.wait()) for _ in range(2))
        await asyncio.sleep(1)
        cancelled.cancel()
        latch.set()
    assert cancelled.cancelled()
    assert other.done()
