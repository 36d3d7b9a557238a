"""A scripted voice: silence of the right length at exact times, for whole utterances or streamed text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager

from voicebot.interfaces import SpeechStream, Synthesizer
from voicebot.messages import AudioChunk, StreamedUtterance, SynthesisEvent, Utterance, WordTiming
from voicebot.options import Options
from voicebot.testing.scripted import FRAME_SECONDS, SPEAKER, Pause, wait


class ScriptedSynthesizer(Synthesizer[Options]):
    """Speaks silence of the right length, in chunks.

    Args:
        first_byte: seconds to the first chunk.
        speed: how many times faster than real time chunks come.
        seconds_per_character: seconds of speech per character of text.
        word_timings: whether it reports when each word starts.
        streams: whether it takes text while it is being written; `streamed` then holds the texts.
        faults: what goes wrong, by utterance or stream (counted from 0): an error after the first chunk, or
            a `Pause` in place of the rest.
    """

    output_format = SPEAKER

    def __init__(
        self,
        *,
        first_byte: float = 0.15,
        speed: float = 5.0,
        seconds_per_character: float = 0.06,
        chunk: bytes = bytes(SPEAKER.bytes_in(FRAME_SECONDS)),
        word_timings: bool = False,
        streams: bool = False,
        faults: dict[int, Exception | Pause] | None = None,
    ) -> None:
        super().__init__(Options())
        self.utterances: list[str] = []
        self.streamed: list[str] = []
        self.cancelled = 0
        self._streams = streams
        self._first_byte = first_byte
        self._speed = speed
        self._per_character = seconds_per_character
        self._chunk = chunk
        self._word_timings = word_timings
        self._faults = faults or {}

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream the speech of an utterance."""
        fault = self._faults.get(len(self.utterances))
        self.utterances.append(utterance.text)
        done = False
        try:
            await wait(self._first_byte)
            async with aclosing(self._speech(utterance.text, 0, fault)) as events:
                async for event in events:
                    yield event
            done = True
        finally:
            self.cancelled += not done

    def stream(self, utterance: StreamedUtterance) -> AbstractAsyncContextManager[SpeechStream] | None:
        """Open a stream, if it `streams`."""
        return self._open() if self._streams else None

    @asynccontextmanager
    async def _open(self) -> AsyncGenerator[SpeechStream, None]:
        fault = self._faults.get(len(self.streamed))
        self.streamed.append("")
        speech = _ScriptedSpeech(self, fault)
        try:
            yield speech
        finally:
            self.cancelled += not speech.done

    async def _speech(
        self, text: str, first: int, fault: Exception | Pause | None
    ) -> AsyncGenerator[SynthesisEvent, None]:
        """Speak text whose first character is at offset `first`."""
        for timing in self._timings(text, first):
            yield timing
        left = SPEAKER.bytes_in(self._per_character * len(text))
        while left > 0:
            chunk = self._chunk[:left]
            left -= len(chunk)
            yield AudioChunk(chunk)
            if isinstance(fault, Exception):
                raise fault
            await wait(fault.seconds if fault else SPEAKER.seconds_in(len(chunk)) / self._speed)

    def _timings(self, text: str, first: int) -> list[WordTiming]:
        timings, offset = [], 0
        for word in text.split() if self._word_timings else []:
            offset = text.index(word, offset)
            timings.append(WordTiming(first + offset, len(word), (first + offset) * self._per_character))
            offset += len(word)
        return timings


class _ScriptedSpeech(SpeechStream):
    """One stream: speaks what is written as soon as it is written."""

    def __init__(self, synthesizer: ScriptedSynthesizer, fault: Exception | Pause | None) -> None:
        self.done = False
        self._synthesizer = synthesizer
        self._fault = fault
        self._number = len(synthesizer.streamed) - 1
        self._pieces: asyncio.Queue[str | None] = asyncio.Queue()

    async def write(self, text: str) -> None:
        """Take text."""
        self._synthesizer.streamed[self._number] += text
        self._pieces.put_nowait(text)

    async def finish(self) -> None:
        """End once everything written has been spoken."""
        self._pieces.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[SynthesisEvent]:
        synthesizer, said = self._synthesizer, 0
        while (text := await self._pieces.get()) is not None:
            if not said:
                await wait(synthesizer._first_byte)
            async with aclosing(synthesizer._speech(text, said, self._fault)) as events:
                async for event in events:
                    yield event
            said += len(text)
        self.done = True
