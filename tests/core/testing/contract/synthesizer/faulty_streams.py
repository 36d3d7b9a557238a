"""Voices that take text while it is being written, and get it wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import asynccontextmanager

from voicebot import (
    AudioChunk,
    Options,
    SpeechStream,
    SynthesisEvent,
)

from .voices import Stream, Streams, Voice, sound_of


class StreamsAtTheEnd(Streams):
    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[SpeechStream, None]:
        class Late(Stream):
            text = ""

            async def write(self, text: str) -> None:
                self.text += text

            async def finish(self) -> None:
                self.pieces.put_nowait(self.text)
                self.pieces.put_nowait(None)

        yield Late(self)


class StreamsOneForAll(Streams):
    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[SpeechStream, None]:
        self.open = Stream(self) if not getattr(self, "busy", 0) else self.open
        self.busy = getattr(self, "busy", 0) + 1
        try:
            yield self.open
        finally:
            self.busy -= 1


class StreamsNothingBadly(Streams):
    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[SpeechStream, None]:
        class Strict(Stream):
            written = False

            async def write(self, text: str) -> None:
                self.written = True
                await super().write(text)

            async def finish(self) -> None:
                if not self.written:
                    raise RuntimeError("no text was written")
                await super().finish()

        yield Strict(self)


class StreamsOnWhenCancelled(Streams):
    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[SpeechStream, None]:
        try:
            yield Stream(self)
        except asyncio.CancelledError:
            await asyncio.sleep(0.4)
            raise


class StreamsHalf(Streams):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return super().speech(text if first == 0 else "", first)


class StreamsWithoutItsEnd(Streams):
    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[SpeechStream, None]:
        class Short(Stream):
            async def __aiter__(self) -> AsyncIterator[SynthesisEvent]:
                kept: list[SynthesisEvent] = []
                async for event in super().__aiter__():
                    kept.append(event)
                    if len(kept) > 4:
                        yield kept.pop(0)

        yield Short(self)


class StreamsOneByOne(Streams):
    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.engine = asyncio.Lock()

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[SpeechStream, None]:
        async with self.engine:
            yield Stream(self)


class StreamsFromOneBuffer(Streams):
    """The sound of all streams shares one buffer, and no other task runs before it is fetched."""

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[SpeechStream, None]:
        voice = self
        voice.__dict__["made"] = b""

        class Shared(Stream):
            async def __aiter__(self) -> AsyncIterator[SynthesisEvent]:
                while (text := await self.pieces.get()) is not None:
                    for event in sound_of(voice.speech(text)):
                        voice.__dict__["made"] += event.audio
                        yield AudioChunk(voice.__dict__["made"])
                        voice.__dict__["made"] = b""

        yield Shared(self)


FAULTS: dict[type[Voice], str] = {
    StreamsOneByOne: "a_use_that_waits_does_not_block_another",
    StreamsHalf: "streamed_text_is_spoken_whole",
    StreamsWithoutItsEnd: "streamed_text_is_spoken_whole",
    StreamsFromOneBuffer: "twenty_streams_at_once_are_kept_apart",
    StreamsAtTheEnd: "streamed_text_is_spoken_before_it_ends",
    StreamsOneForAll: "twenty_streams_at_once_are_kept_apart",
    StreamsNothingBadly: "a_stream_without_text_ends_in_silence",
    StreamsOnWhenCancelled: "a_stream_that_is_cancelled_stops_within_250_ms",
}
