"""Ending what a task waits for, while the task goes on."""

from __future__ import annotations

import asyncio

import pytest

from voicebot.engine.speaking.playback.early_exit import EarlyExit
from voicebot.testing import simulated


@simulated
async def test_an_interrupted_block_ends_at_once_and_quietly() -> None:
    interruption, reached = EarlyExit(), []

    async def write() -> str:
        with interruption:
            await asyncio.sleep(10)
            reached.append("the end")
        await asyncio.sleep(1)
        return "went on"

    writing = asyncio.create_task(write())
    await asyncio.sleep(1)
    interruption.interrupt()
    interruption.interrupt()
    assert await writing == "went on"
    assert asyncio.get_running_loop().time() == 2.0
    assert reached == []
    assert writing.cancelling() == 0


@simulated
async def test_a_block_that_was_about_to_go_on_does_not() -> None:
    interruption, room, reached = EarlyExit(), asyncio.Event(), []

    async def write() -> None:
        with interruption:
            await room.wait()
            reached.append("the queue")

    writing = asyncio.create_task(write())
    await asyncio.sleep(1)
    room.set()
    interruption.interrupt()
    await writing
    assert reached == []


@simulated
async def test_errors_of_an_interrupted_block_are_dropped() -> None:
    interruption = EarlyExit()

    async def write() -> str:
        with interruption:
            try:
                await asyncio.sleep(10)
            finally:
                raise RuntimeError("the socket was closed")
        return "went on"

    writing = asyncio.create_task(write())
    await asyncio.sleep(1)
    interruption.interrupt()
    assert await writing == "went on"


@simulated
async def test_a_task_that_is_interrupted_and_cancelled_ends() -> None:
    interruption = EarlyExit()

    async def write() -> None:
        with interruption:
            await asyncio.sleep(10)

    writing = asyncio.create_task(write())
    await asyncio.sleep(1)
    interruption.interrupt()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing


@simulated
async def test_an_error_of_the_block_is_raised_and_nothing_is_interrupted_later() -> None:
    interruption = EarlyExit()
    with pytest.raises(RuntimeError), interruption:
        raise RuntimeError("no room")
    interruption.interrupt()
    with interruption:
        await asyncio.sleep(1)
