"""A synthesizer each of whose samples can be identified when it is played."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass

from voicebot import (
    AudioChunk,
    Options,
    ProviderError,
    SpeechStream,
    StreamedUtterance,
    SynthesisEvent,
    Synthesizer,
    Utterance,
    WordTiming,
)

from ..timeline import Setting, SynthesisFault
from .coded_sound import SOUND, sound

SECONDS_PER_CHARACTER = 1 / 15
"""The pace of an unhurried English voice."""


@dataclass(slots=True)
class Spoken:
    """A text that was given to the synthesizer, and the place of its sound on the tape.

    `call` counts the utterances, or speech streams; `made` are the samples that were handed over.
    """

    text: str
    call: int
    start: int
    samples: int
    made: int = 0


class CodedSynthesizer(Synthesizer[Options]):
    """Speaks at an even pace, as the setting says."""

    output_format = SOUND

    def __init__(self, setting: Setting) -> None:
        super().__init__(Options())
        self.spoken: list[Spoken] = []
        self.open = 0
        """Utterances in progress."""
        self._setting = setting
        self._calls = 0
        self.used = 0
        """Samples of the tape that were used."""

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Speak an utterance."""
        call, fault = self._call()
        self.open += 1
        try:
            await asyncio.sleep(self._setting.first_byte)
            async with aclosing(self._speech(utterance.text, call, 0, fault)) as events:
                async for event in events:
                    yield event
        finally:
            self.open -= 1

    def stream(self, utterance: StreamedUtterance) -> AbstractAsyncContextManager[SpeechStream] | None:
        """Open a speech stream, if the setting says so."""
        return self._open_stream() if self._setting.streamed else None

    @asynccontextmanager
    async def _open_stream(self) -> AsyncGenerator[SpeechStream, None]:
        self.open += 1
        try:
            yield _TimelineSpeechStream(self, *self._call())
        finally:
            self.open -= 1

    def _call(self) -> tuple[int, SynthesisFault]:
        faults = self._setting.synthesis_faults
        self._calls += 1
        return self._calls, faults[min(self._calls, len(faults)) - 1]

    async def _speech(
        self, text: str, call: int, first: int, fault: SynthesisFault
    ) -> AsyncGenerator[SynthesisEvent, None]:
        """Speak text that begins at the character `first`."""
        if fault == "fails":
            raise ProviderError("the synthesizer refused", retryable=True)
        if fault == "leaks":
            raise asyncio.CancelledError
        if fault == "hangs":
            await asyncio.get_running_loop().create_future()
        if fault == "silent":
            return
        spoken = Spoken(text, call, self.used, SOUND.bytes_in(SECONDS_PER_CHARACTER * len(text)) // 2)
        self.used += spoken.samples
        self.spoken.append(spoken)
        for timing in self._timings(text, first):
            yield timing
        piece = SOUND.bytes_in(self._setting.piece) // 2
        while (left := spoken.samples - spoken.made) > 0:
            size = min(piece, left)
            await asyncio.sleep(size / SOUND.rate / self._setting.speed)
            spoken.made += size
            yield AudioChunk(sound(spoken.start + spoken.made - size, size))
            if fault == "breaks":
                raise ProviderError("the synthesizer broke", retryable=True)
            if fault == "stalls":
                await asyncio.get_running_loop().create_future()

    def _timings(self, text: str, first: int) -> list[WordTiming]:
        timings, offset = [], 0
        for word in text.split() if self._setting.timings else []:
            offset = text.index(word, offset)
            at = (first + offset) * SECONDS_PER_CHARACTER
            timings.append(WordTiming(first + offset, len(word), at))
            offset += len(word)
        return timings

    async def speak_pieces(
        self, pieces: asyncio.Queue[str | None], call: int, fault: SynthesisFault
    ) -> AsyncGenerator[SynthesisEvent, None]:
        """Speak text that comes in pieces."""
        said = 0
        while (text := await pieces.get()) is not None:
            if not said:
                await asyncio.sleep(self._setting.first_byte)
            async with aclosing(self._speech(text, call, said, fault)) as events:
                async for event in events:
                    yield event
            said += len(text)


class _TimelineSpeechStream(SpeechStream):
    """A speech stream."""

    def __init__(self, synthesizer: CodedSynthesizer, call: int, fault: SynthesisFault) -> None:
        self._pieces: asyncio.Queue[str | None] = asyncio.Queue()
        self._events = synthesizer.speak_pieces(self._pieces, call, fault)

    async def write(self, text: str) -> None:
        """Take text."""
        self._pieces.put_nowait(text)

    async def finish(self) -> None:
        """End after what was written."""
        self._pieces.put_nowait(None)

    def __aiter__(self) -> AsyncIterator[SynthesisEvent]:
        return self._events
