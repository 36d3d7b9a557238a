"""The virtual clock: waiting takes no time, and what can no longer happen is not waited for."""

from __future__ import annotations

import asyncio
import threading

import pytest

from voicebot.testing import Deadlock, VirtualClockLoop, simulated


@simulated
async def test_an_hour_passes_at_once() -> None:
    await asyncio.sleep(3600)
    assert asyncio.get_running_loop().time() == 3600


def test_waiting_for_what_can_no_longer_happen_is_a_deadlock() -> None:
    async def waits() -> None:
        await asyncio.Event().wait()

    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner, pytest.raises(Deadlock):
        runner.run(waits())


@simulated
async def test_work_for_a_thread_is_done_at_once_in_the_thread_of_the_loop() -> None:
    work = asyncio.create_task(asyncio.to_thread(threading.get_ident))
    assert await work == threading.get_ident()
    assert asyncio.get_running_loop().time() == 0


@simulated
async def test_work_for_a_thread_that_fails_raises_its_error_where_it_is_awaited() -> None:
    done = asyncio.get_running_loop().run_in_executor(None, int, "many")
    with pytest.raises(ValueError, match="invalid literal"):
        await done
