"""Calls off the loop: nothing that was opened is left open because its waiter has gone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from voicebot_audio.daemon_thread import to_daemon_thread


def cancelled(when: Callable[[asyncio.Task[str], threading.Event, threading.Thread], object]) -> bool:
    """Cancel the waiter for something opened; return whether that was closed."""
    may_open, closed = threading.Event(), threading.Event()

    def work() -> str:
        may_open.wait(5)
        return "opened"

    def close(opened: str) -> None:
        assert opened == "opened"
        closed.set()

    async def scenario() -> None:
        before = set(threading.enumerate())
        task = asyncio.create_task(to_daemon_thread(work, close))
        await asyncio.sleep(0)
        [thread] = set(threading.enumerate()) - before
        when(task, may_open, thread)
        with pytest.raises(asyncio.CancelledError):
            await task
        may_open.set()
        thread.join()
        await asyncio.sleep(0)

    asyncio.run(scenario())
    return closed.wait(5)


def test_a_result_that_comes_after_its_waiter_was_cancelled_is_discarded() -> None:
    assert cancelled(lambda task, may_open, thread: task.cancel())


def test_a_result_in_transit_when_its_waiter_was_cancelled_is_discarded() -> None:
    def when(task: asyncio.Task[str], may_open: threading.Event, thread: threading.Thread) -> None:
        may_open.set()
        thread.join()
        task.cancel()

    assert cancelled(when)


def test_a_result_that_arrived_before_its_waiter_was_cancelled_is_discarded() -> None:
    def when(task: asyncio.Task[str], may_open: threading.Event, thread: threading.Thread) -> None:
        may_open.set()
        thread.join()
        asyncio.get_running_loop().call_soon(task.cancel)  # after the result, before the waiter wakes

    assert cancelled(when)
