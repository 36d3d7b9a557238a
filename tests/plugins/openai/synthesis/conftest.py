"""A voice that is connected to a scripted server."""

from __future__ import annotations

import math
import struct
from contextlib import asynccontextmanager

import pytest

from voicebot import AudioChunk, Utterance
from voicebot_openai.synthesis.options import OpenAISynthesizerOptions
from voicebot_openai.synthesis.synthesizer import OpenAISynthesizer

KEY = "sk-very-secret-0123456789"


def hum(seconds, rate=24_000):
    samples = (round(8_000 * math.sin(2 * math.pi * 440 * at / rate)) for at in range(round(seconds * rate)))
    return struct.pack(f"<{round(seconds * rate)}h", *samples)


@pytest.fixture
def humming():
    return hum


@pytest.fixture
def voice_of():
    """Run a started voice that is connected to a server."""

    @asynccontextmanager
    async def speaking(server, **options):
        usual = {"model": "test-model", "base_url": server.base_url, "api_key": KEY, "sentence_pause": 0}
        voice = OpenAISynthesizer(OpenAISynthesizerOptions.model_validate(usual | options))
        await voice.start()
        try:
            yield voice
        finally:
            await voice.aclose()

    return speaking


@pytest.fixture
def spoken():
    async def speak(voice, text="Ahoy there."):
        events = [event async for event in voice.synthesize(Utterance(text))]
        assert all(isinstance(event, AudioChunk) for event in events)
        return b"".join(event.audio for event in events)

    return speak


@pytest.fixture
def sending():
    """Return an answer with these bytes, and perhaps in chunks of this size."""

    def make(body, kind="audio/pcm", size=0):
        async def answer(exchange):
            await exchange.stream(body, kind=kind, size=size)

        return answer

    return make
