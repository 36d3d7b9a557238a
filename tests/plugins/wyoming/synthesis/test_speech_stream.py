"""Text that is still being written, sent to a server that can take it in pieces."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.tts import SynthesizeStopped

from voicebot import ProviderError, StreamedUtterance
from voicebot_wyoming.synthesis.options import WyomingSynthesizerOptions
from voicebot_wyoming.synthesis.synthesizer import WyomingSynthesizer

PCM = {"rate": 16_000, "width": 2, "channels": 1}


def sentence(number):
    """Return the events of one sentence's sound."""
    return AudioStart(**PCM), AudioChunk(audio=bytes([number, 0]) * 8, **PCM), AudioStop()


async def speak(client):
    """Speak a sentence for each piece of text, as servers do."""
    if client.received[0].type != "synthesize-start":
        await client.send(*sentence(9))
        return
    number = 0
    while (await client.receive("synthesize-chunk", "synthesize-stop")).type == "synthesize-chunk":
        number += 1
        await client.send(*sentence(number))
    await client.send(SynthesizeStopped())
    await client.gone()


@asynccontextmanager
async def stream(server, language="en-US"):
    """Yield a stream of a voice that has been started, and an iterator over its sound."""
    synthesizer = WyomingSynthesizer(WyomingSynthesizerOptions(uri=server.uri, text_streaming=True))
    await synthesizer.start()
    try:
        async with synthesizer.stream(StreamedUtterance(language)) as opened:
            yield opened, aiter(opened)
    finally:
        await synthesizer.aclose()


def test_text_is_spoken_while_it_is_written(wyoming, speaking):
    async def run():
        async with (
            wyoming(speak, speaking(streams=True)) as server,
            stream(server) as (written, events),
        ):
            await written.write(" ")
            await written.write("Hello [there].")
            first = await anext(events)
            await written.write(" How are you?")
            second = await anext(events)
            await written.finish()
            assert [event async for event in events] == []
            return first, second, server.clients[-1].received

    first, second, received = asyncio.run(run())
    assert (first.audio[0], second.audio[0]) == (1, 2)
    assert [(event.type, event.data.get("text")) for event in received] == [
        ("synthesize-start", None),
        ("synthesize-chunk", " Hello (there)."),
        ("synthesize-chunk", " How are you?"),
        ("synthesize", " Hello (there). How are you?"),
        ("synthesize-stop", None),
    ]
    assert received[0].data == {"voice": {"language": "en_US"}, "text_format": "text"}


@pytest.mark.parametrize("text", ["", " ", "..."])
def test_a_stream_without_words_does_not_reach_the_server(wyoming, speaking, text):
    async def run():
        async with (
            wyoming(speak, speaking(streams=True)) as server,
            stream(server) as (written, events),
        ):
            await written.write(text)
            await written.finish()
            assert [event async for event in events] == []
            assert len(server.clients) == 1

    asyncio.run(run())


def test_leaving_a_stream_closes_its_connection_at_once(wyoming, speaking):
    gone = asyncio.Event()

    async def serve(client):
        await client.send(*sentence(1))
        await client.gone()
        gone.set()

    async def run():
        async with wyoming(serve, speaking(streams=True)) as server:
            async with stream(server) as (written, events):
                gone.clear()
                await written.write("Hello.")
                await anext(events)
            await gone.wait()

    asyncio.run(run())


def test_a_server_that_dies_within_a_stream_may_work_later(wyoming, speaking):
    async def serve(client):
        await client.send(*sentence(1))
        if client.received[0].type == "synthesize-start":
            await client.receive("synthesize-stop")

    async def run():
        async with (
            wyoming(serve, speaking(streams=True)) as server,
            stream(server) as (written, events),
        ):
            await written.write("Hello.")
            await anext(events)
            await written.finish()
            with pytest.raises(ProviderError, match="closed the connection before") as caught:
                await anext(events)
            return caught.value

    assert asyncio.run(run()).retryable
