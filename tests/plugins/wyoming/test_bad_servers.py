"""What is not a Wyoming server, or a broken or hostile one: one line that says what to do, and no more read
than an event should have."""

from __future__ import annotations

import asyncio
import json

import pytest

from voicebot_wyoming.event_reader import LONGEST_DATA, LONGEST_HEADER, LONGEST_PAYLOAD
from voicebot_wyoming.recognition.options import WyomingRecognizerOptions
from voicebot_wyoming.recognition.recognizer import WyomingRecognizer
from voicebot_wyoming.synthesis.options import WyomingSynthesizerOptions
from voicebot_wyoming.synthesis.synthesizer import WyomingSynthesizer

KINDS = {
    "recognizer": (WyomingRecognizer, WyomingRecognizerOptions),
    "synthesizer": (WyomingSynthesizer, WyomingSynthesizerOptions),
}


@pytest.fixture(params=KINDS)
def made(request):
    """Return a function that makes a provider of each kind."""
    provider, options = KINDS[request.param]
    return lambda **values: provider(options(**values))


def header(**fields):
    return json.dumps({"type": "info", **fields}).encode() + b"\n"


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "it is an HTTP server"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "it sent 'SSH-2.0-OpenSSH_9.2'"),
        (b"\x1b[31mred\x07\n", "it sent '␛[31mred␇'"),
        (b"\xff\xfe\x00\n", "it sent '"),
        (b"\n", "it sent ''"),
        (b"[1, 2]\n", "it sent '[1, 2]'"),
        (b"[" * 100_000 + b"\n", "it sent '[[["),
        (b"{}\n", "without a type"),
        (b'{"type": 7}\n', "without a type"),
        (header(data=[1]), "the data of its event 'info' are not an object"),
        (header(data_length=3) + b"[1]", "it sent '[1]'"),
        (header(data_length="9"), "a data_length of 9"),
        (header(data_length=-9), "a data_length of -9"),
        (header(data_length=LONGEST_DATA + 1), f"of at most {LONGEST_DATA:,}"),
        (header(payload_length=LONGEST_PAYLOAD + 1), f"of at most {LONGEST_PAYLOAD:,}"),
        (header(payload_length=2.5), "a payload_length of 2.5"),
    ],
)
def test_what_is_no_event_says_what_was_sent_instead(wyoming, made, failure_of, sent, message):
    async def serve(client):
        await client.raw(sent)
        await client.gone()

    async def run():
        async with wyoming(serve, raw=True) as server:
            error = await failure_of(made(uri=server.uri))
            assert message in str(error)
            assert f"{server.uri} does not speak the Wyoming protocol" in str(error)
            assert not error.retryable

    asyncio.run(run())


def test_what_is_no_event_is_recognised_without_a_line_break_too(wyoming, made, failure_of):
    async def serve(client):
        await client.reader.readuntil(b"\n")
        await client.raw(b"HTTP/1.1 400 Bad Request")

    async def run():
        async with wyoming(serve, raw=True) as server:
            return await failure_of(made(uri=server.uri))

    assert "does not speak the Wyoming protocol: it is an HTTP server" in str(asyncio.run(run()))


def test_a_line_without_end_is_not_read_to_its_end(wyoming, made, failure_of):
    sent = 0

    async def serve(client):
        nonlocal sent
        while sent < 100 * LONGEST_HEADER:
            await client.raw(b"{" + b" " * 65_535)
            sent += 65_536

    async def run():
        async with wyoming(serve, raw=True) as server:
            error = await failure_of(made(uri=server.uri))
            assert f"it sent more than {LONGEST_HEADER:,} bytes without a line break" in str(error)

    asyncio.run(run())
    assert sent < 100 * LONGEST_HEADER


@pytest.mark.parametrize("sent", [b"", b'{"type": "in', header(data_length=100) + b'{"asr": []'])
def test_a_connection_that_ends_within_an_event_may_work_later(wyoming, made, failure_of, sent):
    async def serve(client):
        await client.reader.readuntil(b"\n")
        await client.raw(sent)

    async def run():
        async with wyoming(serve, raw=True) as server:
            error = await failure_of(made(uri=server.uri))
            assert "closed the connection before it had answered" in str(error)
            assert error.retryable

    asyncio.run(run())


def test_a_server_that_never_answers_is_given_up(wyoming, made, failure_of):
    async def run():
        async with wyoming(lambda client: client.gone(), raw=True) as server:
            error = await failure_of(made(uri=server.uri, timeout=0.05))
            assert f"{server.uri} gave no answer within 0.05 s; is it a Wyoming server" in str(error)
            assert error.retryable

    asyncio.run(run())


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("tcp://127.0.0.1:9", "no server listens at tcp://127.0.0.1:9; start the Wyoming server, or correct"),
        ("unix:///nowhere/tts.sock", "no server listens at unix:///nowhere/tts.sock"),
        ("tcp://a..b:10300", "there is no host called 'a..b'; correct `uri`"),
        (f"unix:///{'long/' * 100}", "cannot connect to unix:///long/"),
    ],
)
def test_a_server_that_is_not_there_may_come_later(made, failure_of, uri, message):
    error = asyncio.run(failure_of(made(uri=uri)))

    assert str(error).startswith(message)
    assert error.retryable


def test_an_error_that_the_server_reports_is_shown_harmlessly(wyoming, made, failure_of):
    async def serve(client):
        data = {"text": "out of \x1b[31mmemory\n" + "x" * 5_000, "code": "cuda"}
        await client.raw(json.dumps({"type": "error", "data": data}).encode() + b"\n")

    async def run():
        async with wyoming(serve, raw=True) as server:
            error = await failure_of(made(uri=server.uri))
            assert f"the Wyoming server at {server.uri} reports: out of ␛[31mmemory xxx" in str(error)
            assert str(error).endswith("x... (cuda)")
            assert not error.retryable

    asyncio.run(run())


def test_the_description_of_a_server_may_be_incomplete_or_wrong(wyoming, made, failure_of):
    data = {
        "asr": [
            None,
            {"name": 7},
            {"name": "a", "models": "many"},
            {"name": "b", "models": [{"name": None}]},
        ],
        "tts": {"name": "c"},
        "wake": 5,
    }

    async def serve(client):
        await client.raw(header(data=data))
        await client.gone()

    async def run():
        async with wyoming(serve, raw=True) as server:
            provider = made(uri=server.uri)
            if isinstance(provider, WyomingRecognizer):
                await provider.start()
            else:
                error = await failure_of(provider)
                assert "has no voice, but offers speech recognition; set `uri` to one that has" in str(error)

    asyncio.run(run())
