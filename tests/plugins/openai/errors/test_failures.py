"""Replies that fail: one line that says where, what and what to do, without the key; retried or not."""

from __future__ import annotations

import asyncio
import logging
import re
import traceback

import httpx2
import pytest

from voicebot import ChatRequest, Message, ProviderError, TextDelta
from voicebot_openai.errors.failures import explain
from voicebot_openai.options import OpenAIChatOptions


def refuse(status, message="no", code=None, extra="", **more):
    async def answer(exchange):
        error = {"message": message, "type": "x", "param": None, "code": code, **more}
        await exchange.send(status, {"error": error}, extra=extra)

    return answer


def whole(status, body, kind):
    async def answer(exchange):
        await exchange.send(status, body, kind=kind)

    return answer


def stream(*chunks):
    """Stream raw chunks, then end as HTTP requires but without [DONE]."""

    async def answer(exchange):
        await exchange.begin()
        for chunk in chunks:
            await exchange.raw(chunk)
        exchange.writer.write(b"0\r\n\r\n")

    return answer


async def cut_in_mid_sentence(exchange):
    await exchange.begin()
    await exchange.delta(content="Once upon")
    exchange.cut()


async def closed_in_mid_sentence(exchange):
    """Behave like a proxy that goes away: no chunk sizes, and the connection simply ends."""
    exchange.writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
    exchange.writer.write(b'data: {"choices": [{"index": 0, "delta": {"content": "Once upon"}}]}\n\n')
    exchange.writer.close()


async def cut_before_the_answer(exchange):
    exchange.cut()


async def hang(exchange):
    await exchange.until_gone()


async def hang_in_mid_sentence(exchange):
    await exchange.begin()
    await exchange.delta(content="Once upon")
    await exchange.until_gone()


FAILURES = {
    "wrong key": (refuse(401, "Incorrect key"), r"rejected the key; check `api_key`", False),
    "forbidden": (refuse(403, "Not yours"), r"check that the key may use `test-model`: Not yours", False),
    "no such model": (refuse(404, "The model does not exist"), r"has no model `test-model`", False),
    "no such path": (whole(404, "404 page not found", "text/plain"), r"usually ends in /v1", False),
    "too many requests": (refuse(429, "Slow down"), r"too many requests; wait a little: Slow down", True),
    "no credit": (refuse(429, "You ran out", "insufficient_quota"), r"has no credit left", False),
    "too long": (refuse(400, "Too long", "context_length_exceeded"), r"lower `history.budget`", False),
    "too long, by llama.cpp": (refuse(400, "exceeds the context size"), r"lower `history.budget`", False),
    "too long, by TGI": (
        refuse(422, "inputs tokens + max_new_tokens must be <= 4096"),
        r"lower `history.budget`",
        False,
    ),
    "too long, by Anthropic": (
        refuse(400, "prompt is too long: 210000 tokens > 200000 maximum"),
        r"lower `history.budget`",
        False,
    ),
    "a limit of an option": (
        refuse(400, "max_tokens must be <= 8192"),
        r"check the options: max_tokens",
        False,
    ),
    "no money": (refuse(402, "Insufficient credits"), r"has no credit left", False),
    "wrong key, by Google": (
        refuse(400, "API key not valid. Pass another"),
        r"rejected the key",
        False,
    ),
    "held back": (refuse(400, "Policy", "content_filter", innererror={}), r"content filter: Policy", False),
    "bad option": (refuse(400, "temperature is wrong"), r"check the options: temperature is wrong", False),
    "bad option, by FastAPI": (
        whole(422, {"detail": [{"loc": ["body", "top_p"]}]}, "application/json"),
        r"status 422; check the options: .*top_p",
        False,
    ),
    "broken server": (refuse(500, "Oops"), r"failed with status 500; try again: Oops", True),
    "gateway's page": (whole(502, "<html>Bad gateway</html>", "text/html"), r"status 502; try again$", True),
    "web page": (whole(200, "<html>Welcome</html>", "text/html"), r"web page; `base_url` usually", False),
    "error with status 200": (
        whole(200, {"error": "model is busy"}, "application/json"),
        r"did not stream its reply: model is busy",
        True,
    ),
    "error in the stream": (
        stream('data: {"error": {"message": "Out of memory"}}\n\n'),
        r"broke off the reply: Out of memory",
        True,
    ),
    "invalid JSON": (stream("data: {nonsense\n\n"), r"not JSON; check that `base_url` is right", False),
    "not UTF-8": (stream("data: \u20ac", '"\n\n'), r"not JSON", False),
    "other JSON": (stream("data: 42\n\n", 'data: "x"\n\n', "data: []\n\n"), r"in the middle", True),
    "nothing": (stream(), r"ended the reply in the middle", True),
    "cut": (cut_in_mid_sentence, r"closed the connection in the middle", True),
    "closed": (closed_in_mid_sentence, r"ended the reply in the middle", True),
    "cut before the answer": (cut_before_the_answer, r"closed the connection", True),
    "silence": (hang, r"sent nothing for 0\.05 s; raise `timeout`", True),
    "silence in mid-sentence": (hang_in_mid_sentence, r"sent nothing for 0\.05 s", True),
}


@pytest.mark.parametrize(("answer", "message", "retryable"), FAILURES.values(), ids=FAILURES)
def test_a_failure_says_where_what_and_what_to_do_on_one_line(chat_server, ask, answer, message, retryable):
    async def talk():
        timeout = 0.05 if "sent nothing" in message else 60
        async with chat_server(answer) as server, server.model(timeout=timeout, max_retries=0) as model:
            with pytest.raises(ProviderError) as raised:
                await ask(model)
            return server.base_url, raised.value

    base_url, error = asyncio.run(talk())
    assert str(error).startswith(base_url)
    assert re.search(message, str(error)), str(error)
    assert "\n" not in str(error)
    assert error.retryable is retryable


def test_text_that_arrived_before_the_connection_was_lost_has_been_returned(chat_server):
    async def talk():
        async with chat_server(cut_in_mid_sentence) as server, server.model() as model:
            reply = model.reply(ChatRequest((Message("user", "Hello?"),)))
            heard = await anext(reply)
            with pytest.raises(ProviderError):
                await anext(reply)
        return heard

    assert asyncio.run(talk()) == TextDelta("Once upon")


def test_a_long_error_message_is_shortened(chat_server, ask):
    async def talk():
        answer = refuse(500, "so  sorry \n" * 500)
        async with chat_server(answer) as server, server.model(max_retries=0) as model:
            with pytest.raises(ProviderError) as raised:
                await ask(model)
        return str(raised.value)

    message = asyncio.run(talk())
    assert len(message) < 300
    assert "so sorry so sorry" in message
    assert message.endswith("…")


TALKATIVE = {
    status: lambda key, status=status: refuse(status, f"Key {key} is bad", extra=f"x-key: {key}\r\n")
    for status in (400, 401, 403, 404, 429, 500)
} | {
    "event": lambda key: stream(f'data: {{"error": {{"message": "Key {key} is bad"}}}}\n\n'),
    "json": lambda key: whole(200, {"error": f"Key {key} is bad"}, "application/json"),
    "nonsense": lambda key: stream(f"data: {{{key}\n\n"),
}


@pytest.mark.parametrize("answer", TALKATIVE.values(), ids=TALKATIVE)
def test_the_key_is_never_shown_even_if_the_server_repeats_it(chat_server, ask, caplog, key, answer):
    caplog.set_level(logging.DEBUG)
    for name in ("openai", "httpx2", "httpcore2"):
        caplog.set_level(logging.DEBUG, logger=name)

    async def talk():
        async with chat_server(answer(key)) as server, server.model() as model:
            with pytest.raises(ProviderError) as raised:
                await ask(model)
            return model, raised.value

    model, error = asyncio.run(talk())
    assert key not in f"{error} {error!r} {model!r} {model.options!r}"
    assert key not in "".join(traceback.format_exception(error))
    ours = [record for record in caplog.records if not record.name.startswith("httpcore2")]
    assert key not in "".join(f"{record.getMessage()} {record.exc_info}" for record in ours)
    assert "openai" in {record.name.partition(".")[0] for record in caplog.records}


def test_the_transport_does_not_log_the_key_that_is_sent(chat_server, ask, caplog, key):
    for name in ("openai", "httpx2", "httpcore2"):
        caplog.set_level(logging.DEBUG, logger=name)

    async def talk():
        async with chat_server() as server, server.model() as model:
            await ask(model)

    asyncio.run(talk())
    assert "httpcore2.http11" in {record.name for record in caplog.records}
    assert key not in caplog.text


def fail_once(failing):
    async def answer(exchange):
        if len(exchange.server.requests) == 1:
            await failing(exchange)
            return
        await exchange.begin()
        await exchange.delta("stop", content="Here I am.")
        await exchange.done()

    return answer


@pytest.mark.parametrize(
    "failing",
    [
        refuse(503, "Loading model"),
        refuse(429, "Slow down", extra="retry-after: 0.01\r\n"),
        refuse(503, "Maintenance", extra="retry-after: Mon, 23 Nov 2015 07:00:00 GMT\r\n"),
        refuse(
            503,
            "Maintenance",
            extra="retry-after: Mon, 23 Nov 2099 07:00:01 GMT\r\ndate: Mon, 23 Nov 2099 07:00:01 GMT\r\n",
        ),
        refuse(503, "Maintenance", extra="retry-after: soon\r\n"),
        cut_before_the_answer,
        stream('data: {"error": {"message": "Overloaded"}}\n\n'),
    ],
    ids=[
        "503",
        "429",
        "a date gone by",
        "a date by the server's clock",
        "nonsense",
        "cut",
        "error in the stream",
    ],
)
def test_a_reply_that_fails_before_its_first_word_is_retried(chat_server, ask, text_of, failing):
    async def talk():
        async with chat_server(fail_once(failing)) as server, server.model() as model:
            return text_of(await ask(model)), len(server.requests)

    assert asyncio.run(talk()) == ("Here I am.", 2)


@pytest.mark.parametrize(
    "failing",
    [
        refuse(401),
        refuse(400),
        refuse(429, "Come back in a minute", extra="retry-after: 60\r\n"),
        refuse(503, "Maintenance", extra="retry-after: Mon, 23 Nov 2099 07:00:00 GMT\r\n"),
        cut_in_mid_sentence,
        hang,
    ],
    ids=["key", "request", "a minute's wait", "a date", "after the first word", "the time is up already"],
)
def test_a_reply_that_will_not_succeed_soon_is_not_retried(chat_server, ask, failing):
    async def talk():
        async with chat_server(fail_once(failing)) as server, server.model(timeout=0.05) as model:
            with pytest.raises(ProviderError):
                await ask(model)
            return len(server.requests)

    assert asyncio.run(talk()) == 1


def test_a_reply_is_retried_as_often_as_configured(chat_server, ask):
    async def talk():
        async with chat_server(refuse(500, extra="retry-after: 0\r\n")) as server:
            async with server.model(max_retries=3) as model:
                with pytest.raises(ProviderError):
                    await ask(model)
            return len(server.requests)

    assert asyncio.run(talk()) == 4


def test_a_server_that_goes_away_is_reported(chat_server, ask):
    async def talk():
        async with chat_server() as server, server.model(max_retries=0) as model:
            await server.__aexit__()
            with pytest.raises(ProviderError, match="does not answer: is the server running") as raised:
                await ask(model)
            return raised.value.retryable

    assert asyncio.run(talk()) is True


@pytest.mark.parametrize(
    ("base_url", "cause", "advice"),
    [
        ("http://localhost:11434/v1", "refused", "is Ollama running? Start it with `ollama serve`"),
        ("http://127.0.0.1:8080/v1", "refused", "is the server running"),
        ("https://llm.example.org/v1", "Name or service not known", "check `base_url` and the network"),
        ("https://llm.example.org/v1", "[SSL: CERTIFICATE_VERIFY_FAILED]", "does not trust"),
    ],
)
def test_a_server_that_does_not_answer_brings_fitting_advice(base_url, cause, advice):
    import openai

    error = openai.APIConnectionError(request=httpx2.Request("POST", base_url))
    error.__cause__ = httpx2.ConnectError(cause)
    failure = explain(error, OpenAIChatOptions(model="m", base_url=base_url))
    assert advice in str(failure)
    assert failure.retryable


def test_a_server_that_cannot_be_reached_brings_its_own_advice():
    import openai

    options = OpenAIChatOptions(model="m", base_url="http://user:pass@10.0.0.1/v1?token=x")
    error = openai.APITimeoutError(request=httpx2.Request("POST", "http://10.0.0.1/v1"))
    error.__cause__ = httpx2.ConnectTimeout("")
    assert str(explain(error, options)) == (
        "http://10.0.0.1/v1 cannot be reached within 5 s; check `base_url` and the network"
    )


def test_a_password_in_the_address_is_never_shown():
    options = OpenAIChatOptions(model="m", base_url="http://captain:p4ssw0rd%21@127.0.0.1:9/v1")

    failure = explain(
        ValueError("no JSON from http://captain:p4ssw0rd%21@127.0.0.1:9/v1: p4ssw0rd!"), options
    )

    assert "p4ssw0rd" not in f"{failure} {failure!r} {options} {options!r}"
