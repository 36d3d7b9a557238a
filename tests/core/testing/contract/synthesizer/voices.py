"""Correct voices, from which the faulty ones derive, and the contract of a voice."""

from __future__ import annotations

import asyncio
import re
import struct
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from typing import Any

from voicebot import (
    AudioChunk,
    AudioFormat,
    Options,
    ProviderError,
    SecretStr,
    SpeechStream,
    StreamedUtterance,
    SynthesisEvent,
    Synthesizer,
    Utterance,
    WordTiming,
)
from voicebot.testing.contract import SynthesizerContract

KEY = "a-key-that-nobody-may-see"


PER_CHARACTER = 0.05


class VoiceOptions(Options):
    key: SecretStr = SecretStr(KEY)
    """Key of the service."""
    service: str = "up"
    """Whether the service is up, unreachable or refuses."""


class Voice(Synthesizer[Any]):
    """A correct voice: words of silence, produced on demand. The faulty ones derive from it."""

    output_format = AudioFormat(16_000)

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.up = False
        self.connected = True

    async def start(self) -> None:
        await asyncio.sleep(0)
        if self.options.service != "up":
            raise self.trouble()
        self.up = True

    async def aclose(self) -> None:
        self.up = False

    def trouble(self) -> ProviderError:
        return ProviderError("the service is not there", retryable=self.options.service == "away")

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        if not self.up:
            raise ProviderError("the voice is not started")
        for event in self.speech(utterance.text):
            if not self.connected:
                raise ProviderError("the connection is lost", retryable=True)
            yield event
            await asyncio.sleep(0)

    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        offset = 0
        for word in text.split():
            offset = text.index(word, offset)
            yield WordTiming(first + offset, len(word), (first + offset) * PER_CHARACTER)
            offset += len(word)
            size = self.output_format.bytes_in((len(word) + 1) * PER_CHARACTER)
            yield AudioChunk(bytes(size))


def sound_of(events: Iterable[SynthesisEvent]) -> Iterable[AudioChunk]:
    """Return the sound without its timings, which would reveal the fault."""
    return (event for event in events if isinstance(event, AudioChunk))


def sentences(text: str) -> list[str]:
    return re.findall(r"[^.!?]+[.!?]*\s*", text)


class Hums(Voice):
    """A correct, audible voice: each word hums, and each sentence ends in silence."""

    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        for event in super().speech(text, first):
            if isinstance(event, WordTiming):
                word = text[event.offset - first : event.offset - first + event.length]
            else:
                pause = self.output_format.bytes_in(0.4 if word[-1] in ".!?" else 0.02)
                yield AudioChunk(b"\x00\x20\x00\xe0" * (len(event.audio) // 5))
                yield AudioChunk(bytes(pause))


@cache
def fading(count: int) -> bytes:
    levels = (round(8_000 * (1 - number / count)) for number in range(count))
    return b"".join(struct.pack("<2h", level, -level) for level in levels)


class Fades(Voice):
    """A correct voice whose volume varies like that of speech: each word fades."""

    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        for event in super().speech(text, first):
            yield AudioChunk(fading(len(event.audio) // 4)) if isinstance(event, AudioChunk) else event


class Streams(Voice):
    """A correct voice that takes text while it is being written."""

    def stream(self, utterance: StreamedUtterance) -> AbstractAsyncContextManager[SpeechStream] | None:
        return self.opened()

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[SpeechStream, None]:
        yield Stream(self)


class Stream(SpeechStream):
    def __init__(self, voice: Voice) -> None:
        self.voice = voice
        self.pieces: asyncio.Queue[str | None] = asyncio.Queue()
        self.said = 0

    async def write(self, text: str) -> None:
        self.pieces.put_nowait(text)

    async def finish(self) -> None:
        self.pieces.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[SynthesisEvent]:
        while (text := await self.pieces.get()) is not None:
            for event in self.voice.speech(text, self.said):
                yield event
                await asyncio.sleep(0)
            self.said += len(text)


def contract(voice: type[Voice], time_limit: float = 8.0) -> type[SynthesizerContract]:
    class TestVoice(SynthesizerContract):
        def make(self) -> Voice:
            self.made = voice(VoiceOptions())
            return self.made

        def broken(self) -> Voice:
            return voice(VoiceOptions(service="away"))

        def refused(self) -> Voice:
            return voice(VoiceOptions(service="refuses"))

        def cut(self) -> None:
            self.made.connected = False

        def restore(self) -> None:
            self.made.connected = True

    TestVoice.time_limit = time_limit
    return TestVoice
