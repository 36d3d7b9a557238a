"""The queue that sound passes through."""

import asyncio

from voicebot.engine.pipe import Pipe
from voicebot.testing import simulated


@simulated
async def test_items_come_out_in_the_order_in_which_they_went_in():
    pipe: Pipe[int] = Pipe(None)
    for number in range(1000):
        await pipe.put(number)
    assert [await pipe.get() for _ in range(1000)] == list(range(1000))


@simulated
async def test_a_reader_waits_for_an_item():
    pipe: Pipe[str] = Pipe(2)
    reader = asyncio.create_task(pipe.get())
    await asyncio.sleep(1)
    assert not reader.done()
    await pipe.put("late")
    assert await reader == "late"


@simulated
async def test_a_writer_waits_while_the_pipe_is_full():
    pipe: Pipe[int] = Pipe(2)
    await pipe.put(1)
    await pipe.put(2)
    assert pipe.full
    writer = asyncio.create_task(pipe.put(3))
    await asyncio.sleep(1)
    assert not writer.done()
    assert [await pipe.get(), await pipe.get(), await pipe.get()] == [1, 2, 3]
    assert writer.done()


@simulated
async def test_a_reader_that_was_cancelled_takes_nothing_with_it():
    pipe: Pipe[str] = Pipe(2)
    reader = asyncio.create_task(pipe.get())
    await asyncio.sleep(1)
    reader.cancel()
    await pipe.put("kept")
    assert await pipe.get() == "kept"


@simulated
async def test_a_reader_cancelled_in_the_moment_of_waking_leaves_the_item():
    pipe: Pipe[str] = Pipe(2)
    reader = asyncio.create_task(pipe.get())
    await asyncio.sleep(1)
    await pipe.put("kept")
    reader.cancel()
    await asyncio.sleep(1)
    assert reader.cancelled()
    assert await pipe.get() == "kept"
