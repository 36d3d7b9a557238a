"""Voices with one fault each, and the check that is meant to catch it."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, suppress
from functools import cache
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any, ClassVar

import pytest

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
    VoiceDescription,
    WordTiming,
)
from voicebot.testing.contract import SynthesizerContract

KEY = "a-key-that-nobody-may-see"
PER_CHARACTER = 0.05


class VoiceOptions(Options):
    key: SecretStr = SecretStr(KEY)
    """Key of the service."""
    service: str = "up"
    """Whether the service is up, away or refuses."""


class Voice(Synthesizer[Any]):
    """A good voice: words of silence, made as they are taken. The faults are made of it."""

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


class OddBytes(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        yield from super().speech(text, first)
        yield AudioChunk(b"\0\0\0")


class SaysItsRateInKilohertz(Voice):
    output_format = AudioFormat(16)

    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return (event for event in super().speech(text, first) if isinstance(event, AudioChunk))


class SpeaksTooFast(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return (
            AudioChunk(e.audio[: len(e.audio) // 20 * 2])
            for e in super().speech(text, first)
            if isinstance(e, AudioChunk)
        )


class WaitsForAll(Voice):
    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        speech = [event async for event in super().synthesize(utterance)]
        await asyncio.sleep(0.001 * len(utterance.text))
        for event in speech:
            yield event


class CountsInUtf16(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return (
            WordTiming(len(text[: e.offset].encode("utf-16-le")) // 2, e.length, e.at)
            if isinstance(e, WordTiming)
            else e
            for e in super().speech(text, first)
        )


class TimesWordsAfterTheSound(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return (
            WordTiming(e.offset, e.length, e.at * 2) if isinstance(e, WordTiming) else e
            for e in super().speech(text, first)
        )


class CannotBeSilent(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        if not text.strip():
            raise IndexError("no words")
        return super().speech(text, first)


class SpeaksAThousandCharacters(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return super().speech(text[:1000], first)


class KnowsLatinAlone(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return super().speech(text.encode("latin-1").decode("latin-1"), first)


class ObeysPauses(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        pause = 9.0 if 'time="9s"' in text else 0.0
        yield from super().speech(text, first)
        yield AudioChunk(bytes(self.output_format.bytes_in(pause)))


class EndsAtTheTag(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return super().speech(text.partition("</speak>")[0], first)


class KeepsOneTextForAll(Voice):
    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        self.text = utterance.text
        await asyncio.sleep(0)
        async for event in super().synthesize(Utterance(self.text)):
            yield event


class MakesAllAhead(Voice):
    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        made: asyncio.Queue[SynthesisEvent | ProviderError | None] = asyncio.Queue()

        async def make() -> None:
            try:
                async for event in super(MakesAllAhead, self).synthesize(utterance):
                    made.put_nowait(event)
                made.put_nowait(None)
            except ProviderError as error:
                made.put_nowait(error)

        task = asyncio.create_task(make())
        try:
            while (event := await made.get()) is not None:
                if isinstance(event, ProviderError):
                    raise event
                yield event
        finally:
            task.cancel()


class GoesOnWhenCancelled(Voice):
    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        for event in self.speech(utterance.text) if self.up else []:
            yield event
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0)


class SaysGoodbyeSlowly(Voice):
    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        try:
            async for event in super().synthesize(utterance):
                yield event
        except asyncio.CancelledError:
            await asyncio.sleep(0.4)
            raise


class FailsWhenCancelled(Voice):
    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        try:
            async for event in super().synthesize(utterance):
                yield event
        except asyncio.CancelledError as error:
            raise ProviderError("interrupted") from error


class LeavesATask(Voice):
    kept: ClassVar[set[Any]] = set()

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        whole = False
        try:
            async for event in super().synthesize(utterance):
                yield event
            whole = True
        finally:
            if not whole and self.up:
                self.kept.add(asyncio.create_task(asyncio.sleep(5.0), name="tidying up"))


class LeavesAThread(Voice):
    async def aclose(self) -> None:
        if self.up:
            threading.Thread(target=threading.Event().wait, args=(5.0,), name="player", daemon=True).start()
        await super().aclose()


class LeavesASocket(Voice):
    kept: ClassVar[list[socket.socket]] = []

    async def start(self) -> None:
        await super().start()
        self.kept += socket.socketpair()


class ForgetsItsFirstStart(Voice):
    async def start(self) -> None:
        await super().start()
        self.line = socket.create_server(("127.0.0.1", 0))
        Lines.opened.append(self.line)

    async def aclose(self) -> None:
        if self.up:
            self.line.close()
        await super().aclose()


class Lines:
    opened: ClassVar[list[socket.socket]] = []


class KeepsWhatACancelledStartBegan(Voice):
    async def start(self) -> None:
        LeavesASocket.kept += socket.socketpair()
        await asyncio.sleep(0)
        await super().start()
        for line in LeavesASocket.kept[-2:]:
            line.close()


class CannotBeClosedTwice(Voice):
    closed = False

    async def aclose(self) -> None:
        if self.closed:
            raise RuntimeError("not open")
        self.closed = True
        await super().aclose()


class HasNoStartInIt(Voice):
    def __init__(self, options: Options) -> None:
        super().__init__(options)
        del self.up

    async def aclose(self) -> None:
        self.up = True  # it speaks on


class CrashesAfterClosing(Voice):
    closed = False

    async def aclose(self) -> None:
        self.closed = True

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        if self.closed:
            raise RuntimeError("session is closed")
        async for event in super().synthesize(utterance):
            yield event


class ShowsItsKey(Voice):
    def __repr__(self) -> str:
        return f"Voice(key={self.options.key.get_secret_value()})"


class LogsItsKey(Voice):
    async def start(self) -> None:
        logging.getLogger("voice").debug("connecting with %s", self.options.key.get_secret_value())
        await super().start()


class TellsItsKey(Voice):
    def trouble(self) -> ProviderError:
        return ProviderError(f"refused: {KEY}", retryable=self.options.service == "away")


class BareOptions(VoiceOptions):
    speed: float = 1.0


class HasBareOptions(Voice):
    def __init__(self, options: Options) -> None:
        super().__init__(BareOptions())
        self.options = BareOptions(**{name: getattr(options, name) for name in VoiceOptions.model_fields})


class GivesUpForGood(Voice):
    def trouble(self) -> ProviderError:
        return ProviderError("the service is not there")


class TriesForEver(Voice):
    def trouble(self) -> ProviderError:
        return ProviderError("the service is not there", retryable=True)


class LetsErrorsThrough(Voice):
    async def start(self) -> None:
        if self.options.service == "away":
            raise ConnectionRefusedError(111, "Connection refused")
        await super().start()


class EndsInSilenceWhenCutOff(Voice):
    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        try:
            async for event in super().synthesize(utterance):
                yield event
        except ProviderError:
            if not self.up:
                raise


class WaitsForEver(Voice):
    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        async for event in super().synthesize(utterance):
            yield event
        if not utterance.text.strip():
            await asyncio.get_running_loop().create_future()


class BlocksTheLoop(Voice):
    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        async for event in super().synthesize(utterance):
            yield event
        if not utterance.text.strip():
            threading.Event().wait(2.0)


class NamesTwoVoicesAlike(Voice):
    async def voices(self) -> list[VoiceDescription]:
        return [VoiceDescription("Jenny", ("en-US",)), VoiceDescription("Jenny", ("en-GB",))]


def sound_of(events: Iterable[SynthesisEvent]) -> Iterable[AudioChunk]:
    """Return the sound without its timings, which would tell what is wrong with it."""
    return (event for event in events if isinstance(event, AudioChunk))


def sentences(text: str) -> list[str]:
    return re.findall(r"[^.!?]+[.!?]*\s*", text)


class SaysTwiceItsRate(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return (AudioChunk(e.audio[: len(e.audio) // 4 * 2]) for e in sound_of(super().speech(text, first)))


class SaysHalfItsRate(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return (AudioChunk(e.audio * 2) for e in sound_of(super().speech(text, first)))


class SpeaksHalf(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return sound_of(super().speech(text[: len(text) // 2], first))


class SpeaksTheOtherHalf(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return sound_of(super().speech(text[len(text) // 2 if len(text) > 500 else 0 :], first))


class SaysAllTwice(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return sound_of(chain(super().speech(text, first), super().speech(text, first)))


class SpeaksOneSentence(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return super().speech("".join(sentences(text)[:1]), first)


class SkipsEverySecondSentence(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return sound_of(super().speech("".join(sentences(text)[::2]), first))


class SaysTheLastSentenceTwice(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        said = sentences(text)
        return sound_of(super().speech("".join([*said, *said[1:][-1:]]), first))


class SwallowsTheLastWordOfEachSentence(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return sound_of(
            super().speech(" ".join(s.rstrip().rpartition(" ")[0] for s in sentences(text)), first)
        )


class LosesItsLastChunk(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return (chunk for chunk, _ in pairwise(sound_of(super().speech(text, first))))


class Hums(Voice):
    """A good voice that can be heard: each word hums, and each sentence ends in silence."""

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
    """A good voice that is loud and low as speech is: each word fades."""

    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        for event in super().speech(text, first):
            yield AudioChunk(fading(len(event.audio) // 4)) if isinstance(event, AudioChunk) else event


class BreaksOff(Fades):
    """Says only the beginning of the last word."""

    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        kept: AudioChunk | None = None
        for chunk in sound_of(super().speech(text, first)):
            if kept is not None:
                yield kept
            kept = chunk
        if kept is not None:
            yield AudioChunk(kept.audio[: len(kept.audio) // 8 * 4])


class CutsItsEnd(Hums):
    """Loses the last word of an utterance, and the silence after it."""

    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        chunks = sound_of(super().speech(text, first))
        kept = [*islice(chunks, 2)]
        for chunk in chunks:
            yield kept.pop(0)
            kept.append(chunk)


class CutsEachSentence(Hums):
    """Loses a fifth of a second of each sentence, and says the rest."""

    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        cut, pause = self.output_format.bytes_in(0.2), self.output_format.bytes_in(0.4)
        for sentence in sentences(text):
            sound = b"".join(e.audio for e in sound_of(super().speech(sentence, first)))
            yield AudioChunk(sound[: -pause - cut])
            yield AudioChunk(bytes(pause))


class SwallowsTheEndOfSentences(Hums):
    """Loses a quarter of each sentence, whatever it is."""

    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return sound_of(super().speech(" ".join(s[: len(s) * 3 // 4] for s in sentences(text)), first))


class KeepsOneBufferForAll(Voice):
    """What is made of one utterance lies beside that of another until it is fetched."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.made = b""

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        if not self.up:
            raise ProviderError("the voice is not started")
        for event in sound_of(self.speech(utterance.text)):  # without an await in between
            if not self.connected:
                raise ProviderError("the connection is lost", retryable=True)
            self.made += event.audio
            yield AudioChunk(self.made)
            self.made = b""


class CutsLongSentences(Hums):
    """Speaks no more than a hundred characters of a sentence."""

    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return sound_of(super().speech(" ".join(s[:100] for s in sentences(text)), first))


class KeepsAFileOpenWhenCancelled(Voice):
    """Closes what it keeps a note in once all is said, and awaits but once."""

    opened: ClassVar[list[int]] = []

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        if not self.up:
            raise ProviderError("the voice is not started")
        self.opened.append(os.open(__file__, os.O_RDONLY))
        note = self.opened[-1]
        await asyncio.sleep(0.005)
        for event in self.speech(utterance.text):
            if not self.connected:
                raise ProviderError("the connection is lost", retryable=True)
            yield event
        os.close(note)
        self.opened.remove(note)


class LeavesALongProcess(Voice):
    """Has a program work for as long as the text is long, and stops it once all is said."""

    begun: ClassVar[list[subprocess.Popen[bytes]]] = []

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        takes = 0.01 * len(utterance.text)
        program = subprocess.Popen(["sleep", f"{takes:.3f}"])  # noqa: ASYNC220
        self.begun.append(program)
        asyncio.get_running_loop().call_later(takes + 0.1, program.poll)
        async for event in super().synthesize(utterance):
            yield event
        program.kill()
        program.wait()


class SpeaksOneByOne(Voice):
    """Has one engine, and keeps it for as long as somebody listens."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.engine = asyncio.Lock()

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        async with self.engine, aclosing(super().synthesize(utterance)) as events:
            async for event in events:
                yield event


class EndsWithWhatItHasWhenCutOff(Voice):
    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        said = 0
        try:
            async for event in super().synthesize(utterance):
                said += 1
                yield event
        except ProviderError:
            if not self.up:
                raise
            for event in list(self.speech(utterance.text))[said : said + 200]:
                yield event


class Streams(Voice):
    """A good voice that takes text while it is written."""

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
    """The sound that is made waits in one place for all, and nobody else has a turn before it is fetched."""

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
    OddBytes: "sound_comes_in_whole_samples",
    SaysItsRateInKilohertz: "its_format_is_known_after_its_start",
    SpeaksTooFast: "speech_is_as_long_as_its_text",
    SaysTwiceItsRate: "speech_is_as_long_as_its_text",
    SaysHalfItsRate: "speech_is_as_long_as_its_text",
    SpeaksHalf: "speech_is_as_long_as_its_text",
    SpeaksTheOtherHalf: "speech_is_as_long_as_its_text",
    SaysAllTwice: "speech_is_as_long_as_its_text",
    SpeaksOneSentence: "speech_is_as_long_as_its_text",
    SkipsEverySecondSentence: "speech_is_as_long_as_its_text",
    SaysTheLastSentenceTwice: "speech_is_as_long_as_its_text",
    SwallowsTheLastWordOfEachSentence: "speech_is_as_long_as_its_text",
    LosesItsLastChunk: "speech_is_as_long_as_its_text",
    BreaksOff: "speech_is_as_long_as_its_text",
    CutsItsEnd: "speech_is_as_long_as_its_text",
    CutsEachSentence: "speech_is_as_long_as_its_text",
    SwallowsTheEndOfSentences: "speech_is_as_long_as_its_text",
    CutsLongSentences: "speech_is_as_long_as_its_text",
    WaitsForAll: "the_first_sound_comes_before_the_last_is_made",
    CountsInUtf16: "word_timings_are_words_of_the_text_in_order",
    TimesWordsAfterTheSound: "word_timings_are_words_of_the_text_in_order",
    CannotBeSilent: "an_empty_text_is_silence",
    WaitsForEver: "an_empty_text_is_silence",
    BlocksTheLoop: "an_empty_text_is_silence",
    SpeaksAThousandCharacters: "a_huge_text_is_spoken_to_its_end",
    KnowsLatinAlone: "any_script_is_spoken_or_passed_over",
    ObeysPauses: "markup_in_a_text_is_not_obeyed",
    EndsAtTheTag: "markup_in_a_text_is_not_obeyed",
    KeepsOneTextForAll: "twenty_utterances_at_once_are_kept_apart",
    KeepsOneBufferForAll: "twenty_utterances_at_once_are_kept_apart",
    SpeaksOneByOne: "one_that_waits_holds_up_no_other",
    StreamsOneByOne: "one_that_waits_holds_up_no_other",
    KeepsAFileOpenWhenCancelled: "no_process_or_file_is_left",
    LeavesALongProcess: "no_process_or_file_is_left",
    MakesAllAhead: "a_slow_listener_does_not_fill_the_memory",
    GoesOnWhenCancelled: "cancelled_at_any_await_it_stops_within_250_ms",
    SaysGoodbyeSlowly: "cancelled_at_any_await_it_stops_within_250_ms",
    FailsWhenCancelled: "cancelled_at_any_await_it_stops_within_250_ms",
    LeavesATask: "cancelled_at_any_await_it_stops_within_250_ms",
    LeavesAThread: "nothing_is_left_after_closing",
    LeavesASocket: "nothing_is_left_after_closing",
    ForgetsItsFirstStart: "starting_twice_is_harmless",
    KeepsWhatACancelledStartBegan: "a_start_that_is_cancelled_leaves_nothing",
    CannotBeClosedTwice: "closing_twice_or_without_a_start_is_harmless",
    HasNoStartInIt: "used_before_its_start_it_works_or_raises_a_provider_error",
    CrashesAfterClosing: "used_after_closing_it_works_or_raises_a_provider_error",
    ShowsItsKey: "secrets_show_nowhere",
    LogsItsKey: "secrets_show_nowhere",
    TellsItsKey: "secrets_show_nowhere",
    HasBareOptions: "every_option_is_documented",
    GivesUpForGood: "a_service_that_is_away_is_a_retryable_provider_error",
    LetsErrorsThrough: "a_service_that_is_away_is_a_retryable_provider_error",
    TriesForEver: "a_service_that_refuses_is_a_provider_error_not_to_be_retried",
    EndsWithWhatItHasWhenCutOff: "a_network_that_drops_is_a_retryable_provider_error",
    EndsInSilenceWhenCutOff: "a_network_that_drops_is_a_retryable_provider_error",
    NamesTwoVoicesAlike: "voices_are_described",
    StreamsHalf: "streamed_text_is_spoken_whole",
    StreamsWithoutItsEnd: "streamed_text_is_spoken_whole",
    StreamsFromOneBuffer: "twenty_streams_at_once_are_kept_apart",
    StreamsAtTheEnd: "streamed_text_is_spoken_before_it_ends",
    StreamsOneForAll: "twenty_streams_at_once_are_kept_apart",
    StreamsNothingBadly: "a_stream_without_text_ends_in_silence",
    StreamsOnWhenCancelled: "a_stream_that_is_cancelled_stops_within_250_ms",
}
AGAIN = {"starting_twice_is_harmless", "cancelled_at_any_await_it_stops_within_250_ms"}
ALSO: dict[type[Voice], set[str]] = {
    # what every use leaves behind is seen by all that look
    LeavesAThread: AGAIN,
    LeavesASocket: {*AGAIN, "a_start_that_is_cancelled_leaves_nothing"},
    TimesWordsAfterTheSound: {"twenty_utterances_at_once_are_kept_apart"},
    KnowsLatinAlone: {"word_timings_are_words_of_the_text_in_order"},
}


SOON_GIVEN_UP = {WaitsForEver, BlocksTheLoop, SpeaksOneByOne, StreamsOneByOne}


@pytest.fixture(autouse=True)
def _tidy() -> Iterator[None]:
    yield
    for program in LeavesALongProcess.begun:
        program.kill()
        program.wait()
    for descriptor in KeepsAFileOpenWhenCancelled.opened:
        os.close(descriptor)
    LeavesALongProcess.begun.clear()
    KeepsAFileOpenWhenCancelled.opened.clear()


def contract(voice: type[Voice]) -> type[SynthesizerContract]:
    class TestVoice(SynthesizerContract):
        time_limit = 1.0 if voice in SOON_GIVEN_UP else 8.0

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

    return TestVoice


@pytest.mark.parametrize("voice", [Voice, Hums, Fades, Streams])
def test_a_good_voice_passes(voice: type[Voice], outcomes: Callable[..., Any]) -> None:
    failed = {name: o.text for name, o in outcomes(contract(voice)).items() if o.result == "failed"}
    assert not failed


@pytest.mark.parametrize("voice", FAULTS)
def test_a_fault_is_caught_by_the_check_that_is_meant_for_it(
    voice: type[Voice], outcomes: Callable[..., Any]
) -> None:
    meant = f"test_{FAULTS[voice]}"
    outcome = outcomes(contract(voice), meant)[meant]
    assert outcome.result == "failed", outcome
    assert outcome.text.startswith("expected: ")
    assert "\nseen: " in outcome.text
    assert outcome.text.endswith(f"read: docs/reference/contract.md#{FAULTS[voice].replace('_', '-')}")
    assert KEY not in outcome.text


@pytest.mark.parametrize(
    ("voice", "pace"), [(SaysTwiceItsRate, (30.0, 45.0)), (SaysHalfItsRate, (8.0, 12.0))]
)
def test_a_voice_of_another_pace_is_told_how_to_say_so(
    voice: type[Voice], pace: tuple[float, float], outcomes: Callable[..., Any]
) -> None:
    check = "test_speech_is_as_long_as_its_text"
    as_it_comes = outcomes(contract(voice), check)[check]
    on_purpose = outcomes(type("Paced", (contract(voice),), {"pace": pace}), check)[check]

    assert "set `pace` of the class or `--pace` of `voicebot check-plugin`" in as_it_comes.text
    assert on_purpose.result == "passed", on_purpose


@pytest.mark.slow
@pytest.mark.parametrize("voice", FAULTS)
def test_a_fault_is_caught_by_no_other_check(voice: type[Voice], outcomes: Callable[..., Any]) -> None:
    failed = {name for name, outcome in outcomes(contract(voice)).items() if outcome.result == "failed"}
    expected = {FAULTS[voice], *ALSO.get(voice, ())}
    assert {name.removeprefix("test_") for name in failed} == expected


def test_a_plugin_that_imports_its_sdk_when_it_is_loaded_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outcomes: Callable[..., Any]
) -> None:
    (tmp_path / "heavy_voice.py").write_text(
        "import colorsys\nimport voicebot\n"
        "class HeavyOptions(voicebot.Options): pass\n"
        "class Heavy(voicebot.Synthesizer[HeavyOptions]):\n"
        "    async def synthesize(self, utterance):\n        yield voicebot.AudioChunk(b'')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    heavy: Any = __import__("heavy_voice")
    monkeypatch.delitem(sys.modules, "heavy_voice")

    class TestHeavy(SynthesizerContract):
        sdk = ("colorsys",)

        def make(self) -> Any:
            return heavy.Heavy(heavy.HeavyOptions())

    (outcome,) = outcomes(TestHeavy, "test_the_plugin_loads_without_its_sdk").values()
    assert outcome.result == "failed"
    assert "No module named 'colorsys'" in outcome.text
