"""How long a connection waits for the server."""

from __future__ import annotations

import asyncio

import pytest

from voicebot import ProviderError
from voicebot.testing import simulated
from voicebot_wyoming.address import Address
from voicebot_wyoming.connection import Connection

SERVER = Address("localhost", 10_300)


def connection():
    """Return a connection whose server says what the test feeds."""
    reader = asyncio.StreamReader()
    return reader, Connection(SERVER, reader, writer=None)


@simulated
async def test_a_server_that_owes_no_answer_may_be_silent_for_as_long_as_it_likes():
    reader, opened = connection()
    asyncio.get_running_loop().call_later(3_600, reader.feed_data, b'{"type": "pong"}\n')

    assert (await opened.receive()).type == "pong"
    assert asyncio.get_running_loop().time() >= 3_600


@simulated
async def test_the_time_for_an_answer_counts_from_the_request_even_while_one_is_awaited():
    _, opened = connection()
    loop = asyncio.get_running_loop()
    loop.call_later(100, opened.expect_answer, 30)

    with pytest.raises(ProviderError, match="gave no answer within 30 s"):
        await opened.receive()
    assert 129 < loop.time() < 131


@simulated
async def test_each_event_begins_the_time_anew():
    reader, opened = connection()
    opened.expect_answer(30)
    for number in range(1, 5):
        asyncio.get_running_loop().call_later(20 * number, reader.feed_data, b'{"type": "pong"}\n')

    assert [(await opened.receive()).type for _ in range(4)] == ["pong"] * 4
