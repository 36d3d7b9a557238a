"""A server that is still loading its model is awaited, with a single notice."""

from __future__ import annotations

import asyncio
import logging

import pytest

from voicebot import Notice, ProviderError, ReplyEnded

LLAMA = (503, {"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}})
HUGGING_FACE = (503, {"error": "Model x is currently loading", "estimated_time": 20})
IN_A_STREAM = (200, {"error": {"message": "the model is loading", "code": 503}})


def loading(times, status, body):
    """Report several times that the model is loading, then answer."""

    async def answer(exchange):
        if len(exchange.server.requests) <= times:
            await exchange.send(status, body, extra="retry-after: 0.01\r\n")
            return
        await exchange.begin()
        await exchange.delta(content="Here I am.")
        await exchange.delta("stop")
        await exchange.done()

    return answer


@pytest.mark.parametrize("said", [LLAMA, HUGGING_FACE], ids=["llama.cpp", "Hugging Face"])
def test_preload_waits_until_the_model_is_loaded_and_says_so_once(chat_server, ask, caplog, said):
    caplog.set_level(logging.WARNING)

    async def run():
        async with chat_server(loading(5, *said)) as server, server.model(preload=True) as model:
            asked = len(server.requests)
            return asked, await ask(model)

    asked, events = asyncio.run(run())
    assert asked == 6
    assert events[-1] == ReplyEnded("stop", None)
    assert caplog.text.count("is loading its model") == 1


def test_preload_waits_as_long_as_its_caller(chat_server):
    async def run():
        async with chat_server(loading(10**6, *LLAMA)) as server:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2), server.model(preload=True):
                    pass

    asyncio.run(run())


@pytest.mark.parametrize("said", [LLAMA, HUGGING_FACE], ids=["llama.cpp", "Hugging Face"])
def test_a_reply_waits_until_the_model_is_loaded_and_says_so_once(chat_server, ask, text_of, said):
    async def run():
        async with chat_server(loading(5, *said)) as server, server.model(max_retries=0) as model:
            return await ask(model)

    events = asyncio.run(run())
    assert text_of(events) == "Here I am."
    notices = [event.message for event in events if isinstance(event, Notice)]
    assert len(notices) == 1
    assert "is loading its model; the reply will follow" in notices[0]


@pytest.mark.parametrize("said", [LLAMA, IN_A_STREAM], ids=["a status", "an answer"])
def test_a_reply_waits_no_longer_than_the_timeout_and_names_the_option(chat_server, ask, said):
    async def run():
        async with chat_server(loading(10**6, *said)) as server, server.model(timeout=0.3) as model:
            with pytest.raises(ProviderError, match="still loading its model; `preload: true`") as raised:
                await ask(model)
            return raised.value.retryable

    assert asyncio.run(run()) is True


def test_a_model_that_failed_to_load_is_not_awaited(chat_server, ask):
    broken = loading(10**6, 503, {"error": {"message": "error loading model: out of memory"}})

    async def run():
        async with chat_server(broken) as server, server.model(max_retries=0) as model:
            with pytest.raises(ProviderError, match="status 503; try again: error loading model"):
                await ask(model)
            return len(server.requests)

    assert asyncio.run(run()) == 1
