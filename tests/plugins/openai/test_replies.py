"""Replies that succeed: their text, their end, their token usage, and how they are stopped."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from voicebot import ChatRequest, Message, ProviderError, ReplyEnded, TextDelta, Usage

REQUEST = ChatRequest((Message("user", "Hello?"),))


def test_a_reply_is_streamed_chunk_by_chunk_and_then_ends(chat_server, ask):
    async def talk():
        async with chat_server() as server, server.model() as model:
            return await ask(model)

    assert asyncio.run(talk()) == [
        TextDelta("Hello"),
        TextDelta(" there"),
        TextDelta("."),
        ReplyEnded("stop", None),
    ]


def test_a_chunk_is_returned_as_soon_as_it_arrives(chat_server):
    heard_first = asyncio.Event()

    async def slowly(exchange):
        await exchange.begin()
        await exchange.delta(content="One")
        await heard_first.wait()  # hangs for ever if the client waits for more
        await exchange.delta(content=" two")
        await exchange.delta("stop")
        await exchange.done()

    async def talk():
        heard = []
        async with chat_server(slowly) as server, server.model() as model:
            async for event in model.reply(REQUEST):
                heard.append(event)
                heard_first.set()
        return heard

    assert asyncio.run(talk()) == [TextDelta("One"), TextDelta(" two"), ReplyEnded("stop", None)]


def test_the_request_carries_messages_and_the_options_that_are_set(chat_server, ask, key):
    async def talk():
        async with (
            chat_server() as server,
            server.model(temperature=0.5, max_tokens=80, extra_body={"min_p": 0.1}) as model,
        ):
            await ask(model, "How are you?")
            return server.requests[0]

    request = asyncio.run(talk())
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {key}"
    assert request.body == {
        "model": "test-model",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "How are you?"},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.5,
        "max_tokens": 80,
        "min_p": 0.1,
    }


def test_chunks_without_choices_are_skipped_and_the_last_one_has_the_token_usage(chat_server, ask):
    async def like_azure(exchange):
        await exchange.begin()
        await exchange.event({"id": "", "choices": [], "prompt_filter_results": [{"prompt_index": 0}]})
        await exchange.delta(role="assistant", content=None)
        await exchange.event({"id": "1", "choices": None})
        await exchange.delta(content="Hi.")
        await exchange.delta("stop")
        await exchange.event({"choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 3}})
        await exchange.done()

    async def talk():
        async with chat_server(like_azure) as server, server.model() as model:
            return await ask(model)

    assert asyncio.run(talk()) == [TextDelta("Hi."), ReplyEnded("stop", Usage(12, 3))]


@pytest.mark.parametrize(
    ("finish", "reason"),
    [("stop", "stop"), ("length", "length"), ("content_filter", "filtered"), ("eos", "stop")],
)
def test_the_finish_reason_is_reported(chat_server, ask, finish, reason):
    async def once(exchange):
        await exchange.begin()
        await exchange.delta(content="So")
        await exchange.delta(finish)
        await exchange.done()

    async def talk():
        async with chat_server(once) as server, server.model() as model:
            return await ask(model)

    assert asyncio.run(talk())[-1] == ReplyEnded(reason, None)


def test_a_reply_without_text_just_ends(chat_server, ask):
    async def silent(exchange):
        await exchange.begin()
        await exchange.delta("stop", role="assistant")
        await exchange.done()

    async def talk():
        async with chat_server(silent) as server, server.model() as model:
            return await ask(model)

    assert asyncio.run(talk()) == [ReplyEnded("stop", None)]


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
def test_reasoning_in_a_field_of_its_own_is_not_spoken(chat_server, ask, text_of, field):
    async def thinker(exchange):
        await exchange.begin()
        await exchange.delta(content="", **{field: "The user greets me."})
        await exchange.delta(content="Hello.")
        await exchange.delta("stop")
        await exchange.done()

    async def talk():
        async with chat_server(thinker) as server, server.model() as model:
            return await ask(model)

    assert text_of(asyncio.run(talk())) == "Hello."


def test_reasoning_in_the_text_is_not_spoken(chat_server, ask, text_of):
    async def thinker(exchange):
        await exchange.begin()
        for text in ("<th", "ink>\nA greet", "ing. </thi", "nk>\n", "\nHel", "lo."):
            await exchange.delta(content=text)
        await exchange.delta("stop")
        await exchange.done()

    async def talk():
        async with chat_server(thinker) as server, server.model() as model:
            return await ask(model)

    assert text_of(asyncio.run(talk())) == "Hello."


def test_a_server_that_rejects_token_usage_is_not_asked_for_it_again(chat_server, ask, text_of):
    async def like_mistral(exchange):
        if "stream_options" in exchange.body:
            detail = [{"type": "extra_forbidden", "loc": ["body", "stream_options", "include_usage"]}]
            await exchange.send(422, {"object": "error", "message": {"detail": detail}})
            return
        await exchange.begin()
        await exchange.delta("stop", content="Bonjour.")
        await exchange.done()

    async def talk():
        async with chat_server(like_mistral) as server, server.model() as model:
            texts = [text_of(await ask(model)), text_of(await ask(model))]
            return texts, ["stream_options" in request.body for request in server.requests]

    assert asyncio.run(talk()) == (["Bonjour.", "Bonjour."], [True, False, False])


def test_a_complete_reply_stands_even_if_the_connection_breaks_before_done(chat_server, ask):
    async def hasty(exchange):
        await exchange.begin()
        await exchange.delta("stop", content="Bye.")
        exchange.cut()

    async def talk():
        async with chat_server(hasty) as server, server.model() as model:
            return await ask(model)

    assert asyncio.run(talk()) == [TextDelta("Bye."), ReplyEnded("stop", None)]


def test_start_opens_the_connection_that_replies_then_share(chat_server, ask):
    async def talk():
        async with chat_server() as server, server.model() as model:
            await ask(model)
            await ask(model)
            return server.connections

    assert asyncio.run(talk()) == 1


def test_twenty_replies_run_at_the_same_time_without_mixing(chat_server, ask, text_of):
    everyone = asyncio.Barrier(20)

    async def echo(exchange):
        await everyone.wait()  # nobody is answered until all have asked
        await exchange.begin()
        for word in exchange.question.split():
            await exchange.delta(content=f"{word} ")
        await exchange.delta("stop")
        await exchange.done()

    async def talk():
        async with chat_server(echo) as server, server.model() as model:
            return await asyncio.gather(*(ask(model, f"I am number {n}") for n in range(20)))

    assert [text_of(events) for events in asyncio.run(talk())] == [f"I am number {n} " for n in range(20)]


async def endless(exchange):
    await exchange.begin()
    await exchange.delta(content="On and on")
    await exchange.until_gone()


def test_closing_a_reply_closes_the_request(chat_server):
    async def talk():
        async with chat_server(endless) as server, server.model() as model:
            async with aclosing(model.reply(REQUEST)) as events:
                assert await anext(events) == TextDelta("On and on")
                assert not server.hung_up.is_set()
            await asyncio.wait_for(server.hung_up.wait(), 5)

    asyncio.run(talk())


@pytest.mark.parametrize("begun", [True, False], ids=["mid-reply", "before the first word"])
def test_cancelling_a_reply_closes_the_request(chat_server, begun):
    asked = asyncio.Event()

    async def never_done(exchange):
        if begun:
            await exchange.begin()
            await exchange.delta(content="On and on")
        else:
            asked.set()
        await exchange.until_gone()

    async def listen(model):
        async with aclosing(model.reply(REQUEST)) as events:
            async for _ in events:
                asked.set()

    async def talk():
        async with chat_server(never_done) as server, server.model() as model:
            listening = asyncio.create_task(listen(model))
            await asked.wait()
            listening.cancel()
            with pytest.raises(asyncio.CancelledError):
                await listening
            await asyncio.wait_for(server.hung_up.wait(), 5)

    asyncio.run(talk())


def test_the_next_reply_works_after_one_was_interrupted(chat_server, ask, text_of):
    async def first_endless(exchange):
        if len(exchange.server.requests) == 1:
            await endless(exchange)
        await exchange.begin()
        await exchange.delta("stop", content="Yes?")
        await exchange.done()

    async def talk():
        async with chat_server(first_endless) as server, server.model() as model:
            async with aclosing(model.reply(REQUEST)) as events:
                await anext(events)
            return text_of(await ask(model))

    assert asyncio.run(talk()) == "Yes?"


def test_a_closed_model_raises_a_clear_error_and_can_be_closed_again(chat_server, ask):
    async def talk():
        async with chat_server() as server, server.model() as model:
            await model.aclose()
            await model.aclose()
            with pytest.raises(ProviderError, match="not connected"):
                await ask(model)

    asyncio.run(talk())
