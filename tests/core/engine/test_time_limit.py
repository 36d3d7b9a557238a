"""A time limit that pieces renew."""

import asyncio

import pytest

from voicebot.engine.time_limit import TimeLimit, TooLate
from voicebot.testing import simulated


def now() -> float:
    return asyncio.get_running_loop().time()


@simulated
async def test_patience_ends_when_nothing_comes():
    with pytest.raises(TimeoutError):
        async with TimeLimit(3.0):
            await asyncio.sleep(10)
    assert now() == pytest.approx(3.0)


@simulated
async def test_each_piece_renews_it():
    async with TimeLimit(3.0) as limit:
        for _ in range(10):
            await asyncio.sleep(2)
            limit.renew()
    assert now() == pytest.approx(20.0)


@simulated
async def test_it_counts_from_the_last_piece():
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
async def test_suspended_it_waits_until_it_is_renewed():
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
async def test_being_cancelled_is_no_timeout():
    async def wait() -> None:
        async with TimeLimit(3.0):
            await asyncio.sleep(10)

    task = asyncio.create_task(wait())
    await asyncio.sleep(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@simulated
async def test_what_hangs_while_it_closes_is_broken_off_too():
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
