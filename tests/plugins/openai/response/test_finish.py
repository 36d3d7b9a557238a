"""A complete reply is accepted however the server ends it; one that breaks off is a failure."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing

import pytest

from voicebot import ChatRequest, Message, ProviderError, ReplyEnded, TextDelta, Usage


async def run(chat_server, ask, answer, **options):
    async with chat_server(answer) as server, server.model(max_retries=0, **options) as model:
        return await ask(model)


def talk(chat_server, ask, answer, **options):
    return asyncio.run(run(chat_server, ask, answer, **options))


def saying(*texts, finish=None, end="done"):
    """Send chunks, each with this finish reason, and end in one of the ways that servers do."""

    async def answer(exchange):
        await exchange.begin()
        for piece in texts:
            await exchange.delta(finish, content=piece)
        if end == "done":
            await exchange.done()
        elif end == "closed":
            exchange.writer.write(b"0\r\n\r\n")
        else:
            exchange.cut()

    return answer


def test_done_ends_a_reply_without_a_finish_reason(chat_server, ask, text_of):
    events = talk(chat_server, ask, saying("Hello", " there"))
    assert text_of(events) == "Hello there"
    assert events[-1] == ReplyEnded("stop", None)


@pytest.mark.parametrize("reason", ["", "null", "None"])
def test_a_null_finish_reason_does_not_end_the_reply(chat_server, ask, text_of, reason):
    assert text_of(talk(chat_server, ask, saying("Hello", " there", finish=reason))) == "Hello there"


@pytest.mark.parametrize(
    "text",
    [
        *("Hello there.", "Really?", "He said “no.”", "(Yes!) ", "はい。", "हाँ।", "Wait…", "**Yes.**\n"),
        *("Hello! 😀", "Bye. ❤️", "ہاں۔", "Բարև։", "ሰላም።", "ကောင်းပါတယ်။", "បាទ។", "བདེ་ལེགས།", "Τι κάνεις;"),
    ],
)
def test_whole_sentences_are_a_complete_reply_even_if_the_server_just_ends_the_response(
    chat_server, ask, text_of, text
):
    events = talk(chat_server, ask, saying(*text, end="closed"))
    assert text_of(events) == text
    assert events[-1] == ReplyEnded("stop", None)


def test_a_connection_that_breaks_after_a_sentence_breaks_the_reply_off(chat_server, ask):
    with pytest.raises(ProviderError, match="in the middle") as raised:
        talk(chat_server, ask, saying("Hello there.", end="cut"))
    assert raised.value.retryable


@pytest.mark.parametrize("end", ["closed", "cut"])
@pytest.mark.parametrize("text", ["Hello the", "Hello. And", "Hello,", "Hello;", "I have 3", "Hi 😀", " "])
def test_half_a_sentence_is_not_a_complete_reply(chat_server, ask, text, end):
    with pytest.raises(ProviderError, match="in the middle") as raised:
        talk(chat_server, ask, saying(text, end=end))
    assert raised.value.retryable


@pytest.mark.slow
def test_a_server_that_finishes_every_chunk_is_read_to_the_end_over_long_gaps(chat_server, ask, text_of):
    async def every_time(exchange):
        loop = asyncio.get_running_loop()
        await exchange.begin()
        for piece in ("One", " two", " three"):
            await exchange.delta("stop", content=piece)
            gap = loop.create_future()
            loop.call_later(1.3, gap.set_result, None)  # longer than an afterword is waited for
            await gap
        await exchange.done()

    assert text_of(talk(chat_server, ask, every_time)) == "One two three"


def test_a_server_that_finishes_every_chunk_is_read_to_the_end(chat_server, ask, text_of):
    events = talk(chat_server, ask, saying("One", " two", " three", finish="stop"))
    assert text_of(events) == "One two three"
    assert events[-1] == ReplyEnded("stop", None)


@pytest.mark.parametrize(
    ("finish", "reason"),
    [
        ("eos", "stop"), ("stop_sequence", "stop"), ("STOP", "stop"), ("end_turn", "stop"),
        ("function_call", "stop"), ("max_tokens", "length"), ("LENGTH", "length"), ("model_length", "length"),
        ("max_output_tokens", "length"), ("RECITATION", "filtered"), ("PROHIBITED_CONTENT", "filtered"),
        ("sensitive", "filtered"), ("SAFETY", "filtered"),
        ({"type": "stop", "matched": 2}, "stop"), (42, "stop"),
    ],
)  # fmt: skip
def test_finish_reasons_of_other_servers_are_understood(chat_server, ask, finish, reason):
    async def answer(exchange):
        await exchange.begin()
        await exchange.delta(content="So.")
        await exchange.delta(finish)
        await exchange.done()

    assert talk(chat_server, ask, answer)[-1] == ReplyEnded(reason, None)


@pytest.mark.parametrize(
    "finish",
    ["error", "abort", "insufficient_system_resource", "network_error", {"type": "abort", "message": "no"}],
)
def test_a_finish_reason_for_an_error_is_a_failure(chat_server, ask, finish):
    with pytest.raises(ProviderError, match="in the middle"):
        talk(chat_server, ask, saying("Hello.", finish=finish))


@pytest.mark.parametrize("end", ["before done", "after done"])
def test_token_usage_may_come_after_the_end(chat_server, ask, end):
    price = {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}

    async def answer(exchange):
        await exchange.begin()
        await exchange.delta("stop", content="So.")
        if end == "before done":
            await exchange.event(price)
            await exchange.done()
        else:
            await exchange.raw(f"data: [DONE]\n\ndata: {json.dumps(price)}\n\n")
            exchange.writer.write(b"0\r\n\r\n")

    assert talk(chat_server, ask, answer)[-1] == ReplyEnded("stop", Usage(3, 4))


def test_a_server_that_keeps_the_stream_open_after_done_is_not_awaited(chat_server, ask, text_of):
    async def answer(exchange):
        await exchange.begin()
        await exchange.delta(content="So.")
        await exchange.raw("data: [DONE]\n\n")
        await exchange.until_gone()

    assert text_of(talk(chat_server, ask, answer)) == "So."


THOUGHTS_ONLY = {
    "a thought": (
        ("<think>I could say", " hello.</think>"),
        "stop",
        "no reply; lower `reasoning_effort`",
    ),
    "a thought without an end": (
        ("<think>I could say",),
        "length",
        "raise `max_tokens`, or lower `reasoning",
    ),
    "a channel": (("<|channel|>analysis<|message|>Hm.<|end|>",), "stop", "no reply"),
}


@pytest.mark.parametrize(("texts", "finish", "message"), THOUGHTS_ONLY.values(), ids=THOUGHTS_ONLY)
def test_reasoning_without_a_reply_is_a_failure_that_names_the_option(
    chat_server, ask, texts, finish, message
):
    async def answer(exchange):
        await exchange.begin()
        for piece in texts:
            await exchange.delta(content=piece)
        await exchange.delta(finish)
        await exchange.done()

    with pytest.raises(ProviderError, match=message):
        talk(chat_server, ask, answer)


def test_reasoning_in_its_own_field_without_a_reply_is_a_failure(chat_server, ask):
    async def answer(exchange):
        await exchange.begin()
        await exchange.delta(reasoning_content="Hm.")
        await exchange.delta("length")
        await exchange.done()

    with pytest.raises(ProviderError, match="raise `max_tokens`"):
        talk(chat_server, ask, answer)


def test_a_server_whose_replies_begin_inside_reasoning_is_recognised_after_the_first(
    chat_server, ask, text_of
):
    async def run():
        answer = saying("Hm", ", hello.", "</think>", "\n\nHello", ".")
        async with chat_server(answer) as server, server.model() as model:
            return [text_of(await ask(model)) for _ in range(3)]

    assert asyncio.run(run())[1:] == ["Hello.", "Hello."]


def test_an_option_says_that_replies_begin_inside_reasoning(chat_server, ask, text_of):
    thinking = saying("Hm", ", hello.", "</think>", "\n\nHello", ".")
    assert text_of(talk(chat_server, ask, thinking, begins_in_thought=True)) == "Hello."
    for end in ("done", "closed"):
        events = talk(chat_server, ask, saying("Hello", ".", end=end), begins_in_thought=True)
        assert text_of(events) == "Hello."


def test_truncated_reasoning_without_a_beginning_is_not_spoken(chat_server, ask):
    with pytest.raises(ProviderError, match="raise `max_tokens`"):
        talk(chat_server, ask, saying("Hm", ", hello.", finish="length"), begins_in_thought=True)


def test_a_token_after_the_last_sentence_is_not_part_of_it(chat_server, ask, text_of):
    assert text_of(talk(chat_server, ask, saying("Hello.", "<|im_end|>", end="closed"))) == "Hello."


def test_text_is_not_held_back_when_reasoning_comes_in_its_own_field(chat_server):
    heard = asyncio.Event()

    async def answer(exchange):
        await exchange.begin()
        await exchange.delta(reasoning_content="Hm.")
        await exchange.delta(content="Hello")
        await heard.wait()  # hangs for ever if the client waits for more
        await exchange.delta("stop", content=" there.")
        await exchange.done()

    async def run():
        request = ChatRequest((Message("user", "Hi"),))
        async with (
            chat_server(answer) as server,
            server.model(begins_in_thought=True) as model,
            aclosing(model.reply(request)) as events,
        ):
            first = await anext(events)
            heard.set()
            return first, [event async for event in events]

    assert asyncio.run(run()) == (TextDelta("Hello"), [TextDelta(" there."), ReplyEnded("stop", None)])
