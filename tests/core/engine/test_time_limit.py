"""A time limit that each piece renews."""

from __future__ import annotations

import asyncio

import pytest

from voicebot.engine.time_limit import TimeLimit, TooLate
from voicebot.testing import simulated


def now() -> float:
    return asyncio.get_running_loop().time()


@simulated
async def test_it_is_exceeded_if_nothing_arrives() -> None:
    with pytest.raises(TimeoutError):
        async with TimeLimit(3.0):
            await asyncio.sleep(10)
    assert now() == pytest.approx(3.0)


@simulated
async def test_each_piece_renews_it() -> None:
    async with TimeLimit(3.0) as limit:
        for _ in range(10):
            await asyncio.sleep(2)
            limit.renew()
    assert now() == pytest.approx(20.0)


@simulated
async def test_it_counts_from_the_last_piece() -> None:
    async def piecemeal() -> None:
        async with TimeLimit(3.0) as limit:
            for seconds in (1, 2.5, 0.5):
                await asyncio.sleep(seconds)
                limit.renew()
            await asyncio.sleep(10)

    with pytest.raises(TimeoutError):
        await piecemeal()
    assert now() == pytest.approx(7.0)


@simulated
async def test_while_suspended_it_waits_to_be_renewed() -> None:
    async def held_up() -> None:
        async with TimeLimit(3.0) as limit:
            limit.suspend()
            await asyncio.sleep(100)
            limit.renew()
            await asyncio.sleep(100)

    with pytest.raises(TimeoutError):
        await held_up()
    assert now() == pytest.approx(103.0)


@simulated
async def test_a_cancellation_is_not_a_timeout() -> None:
    async def wait() -> None:
        async with TimeLimit(3.0):
            await asyncio.sleep(10)

    task = asyncio.create_task(wait())
    await asyncio.sleep(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@simulated
async def test_a_block_that_hangs_while_it_closes_is_cancelled_too() -> None:
    with pytest.raises(TooLate):
        async with TimeLimit(5):
            await hang_and_close_slowly()
    assert now() == 10
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling()


async def hang_and_close_slowly() -> None:
    try:
        await asyncio.sleep(1000)
    finally:
        await asyncio.sleep(1000)
