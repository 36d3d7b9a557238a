"""The clock of scenarios jumps while everybody waits for it, and counts what is done elsewhere."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

import pytest

from voicebot_scenarios.clock import ScenarioLoop, current_loop


def run(main: Coroutine[Any, Any, Any]) -> Any:
    with asyncio.Runner(loop_factory=ScenarioLoop) as runner:
        return runner.run(main)


def test_an_hour_of_waiting_takes_no_time_and_is_exact() -> None:
    async def main() -> float:
        await asyncio.sleep(3600)
        return asyncio.get_running_loop().time()

    assert run(main()) == 3600


def test_the_clock_stands_still_while_a_thread_computes() -> None:
    async def main() -> tuple[float, float]:
        began, go = asyncio.Event(), threading.Event()
        loop = asyncio.get_running_loop()

        def compute() -> None:
            loop.call_soon_threadsafe(began.set)
            go.wait(30)

        async def let_go() -> None:
            await began.wait()
            go.set()

        ticking = asyncio.ensure_future(asyncio.sleep(10))  # the next timer, to which it would jump
        await asyncio.gather(asyncio.to_thread(compute), let_go())
        after = loop.time()
        await ticking
        return after, loop.time()

    assert run(main()) == (0.0, 10.0)


def test_what_comes_from_outside_is_waited_for_and_takes_real_time() -> None:
    async def main() -> float:
        loop = current_loop()
        answer: asyncio.Future[str] = loop.create_future()
        with loop.outside():
            threading.Thread(target=loop.call_soon_threadsafe, args=(answer.set_result, "here")).start()
            async with asyncio.timeout(3600):
                assert await answer == "here"
        return loop.time()

    assert 0 <= run(main()) < 3600


def test_a_timer_within_outside_work_is_exact() -> None:
    async def main() -> float:
        with current_loop().outside():
            await asyncio.sleep(0.01)
        return asyncio.get_running_loop().time()

    assert run(main()) == pytest.approx(0.01, abs=1e-9)


def test_the_thread_of_a_tool_takes_real_time() -> None:
    async def main() -> float:
        loop = current_loop()
        go = threading.Event()
        with loop.outside(tool=True):
            working = loop.run_in_executor(None, go.wait, 30)
            await asyncio.sleep(0.01)  # would not pass while the clock stands still
            go.set()
            await working
        return loop.time()

    assert run(main()) >= 0.01


def test_the_end_of_threads_is_waited_for_in_real_time() -> None:
    async def main() -> float:
        loop = asyncio.get_running_loop()
        await asyncio.to_thread(int)
        async with asyncio.timeout(300):  # as Python does from 3.12 on
            await loop.shutdown_default_executor()
        return loop.time()

    assert run(main()) < 300


def test_it_is_only_for_its_own_loop() -> None:
    async def main() -> None:
        current_loop()

    with pytest.raises(RuntimeError, match="ScenarioLoop"):
        asyncio.run(main())
