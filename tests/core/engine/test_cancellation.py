"""Only a cancellation by the engine counts as one."""

import asyncio

import pytest

from voicebot import ProviderError
from voicebot.engine.cancellation import own_cancellation
from voicebot.engine.time_limit import TimeLimit, TooLate
from voicebot.testing import simulated


@simulated
async def test_a_stray_cancellation_is_a_failure():
    with (
        pytest.raises(ProviderError, match=r"^the voice broke: CancelledError") as raised,
        own_cancellation("the voice broke"),
    ):
        raise asyncio.CancelledError
    assert raised.value.retryable


@simulated
async def test_the_cancellation_of_a_librarys_own_task_is_a_failure():
    connection = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(1, connection.cancel)
    with pytest.raises(ProviderError), own_cancellation("the voice broke"):
        await connection


@simulated
async def test_the_engines_own_cancellation_is_raised():
    async def speak() -> None:
        with own_cancellation("the voice broke"):
            await asyncio.sleep(10)

    task = asyncio.create_task(speak())
    await asyncio.sleep(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@simulated
async def test_a_pending_cancellation_is_raised():
    async def speak() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()  # delivered when it waits next
        with own_cancellation("the voice broke"):
            await asyncio.sleep(10)

    task = asyncio.create_task(speak())
    with pytest.raises(asyncio.CancelledError):
        await task


@simulated
async def test_a_task_group_that_breaks_at_the_same_time_does_not_hide_a_cancellation():
    async def breaks_when_cancelled() -> None:
        try:
            await asyncio.sleep(10)
        finally:
            raise RuntimeError("the socket was closed")

    async def listen() -> str:
        try:
            with own_cancellation("the recogniser broke"):
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(breaks_when_cancelled())
        except Exception:
            pass
        return "alive"

    task = asyncio.create_task(listen())
    await asyncio.sleep(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@simulated
async def test_an_error_during_cleanup_is_raised_unchanged():
    told = []

    async def speak() -> None:
        try:
            await asyncio.sleep(10)
        finally:
            try:
                with own_cancellation("it did not close"):
                    raise RuntimeError("the socket was closed")
            except RuntimeError as error:
                told.append(str(error))

    task = asyncio.create_task(speak())
    await asyncio.sleep(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert told == ["the socket was closed"]


@simulated
@pytest.mark.parametrize("answer", [None, ConnectionError("the socket was closed")])
async def test_surrounding_time_limits_still_work(answer):
    async def stubborn() -> None:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            if answer is not None:
                raise answer from None
            raise

    async def limited() -> None:
        async with TimeLimit(1.0):
            with own_cancellation("the voice broke"):
                await stubborn()

    with pytest.raises(TooLate):
        await limited()
