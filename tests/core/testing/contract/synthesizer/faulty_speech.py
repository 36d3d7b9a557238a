"""Voices whose sound, timings or handling of texts is wrong."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing

from voicebot import (
    AudioChunk,
    AudioFormat,
    Options,
    ProviderError,
    SynthesisEvent,
    Utterance,
    VoiceDescription,
    WordTiming,
)

from .voices import Voice, sound_of


class OddBytes(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        yield from super().speech(text, first)
        yield AudioChunk(b"\0\0\0")


class SaysItsRateInKilohertz(Voice):
    output_format = AudioFormat(16)

    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return (event for event in super().speech(text, first) if isinstance(event, AudioChunk))


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


class KeepsOneBufferForAll(Voice):
    """The sound of all utterances shares one buffer until it is fetched."""

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


class SpeaksOneByOne(Voice):
    """Has one engine, and keeps it while its events are consumed."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.engine = asyncio.Lock()

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        async with self.engine, aclosing(super().synthesize(utterance)) as events:
            async for event in events:
                yield event


FAULTS: dict[type[Voice], str] = {
    OddBytes: "sound_comes_in_whole_samples",
    SaysItsRateInKilohertz: "its_format_is_known_after_its_start",
    WaitsForAll: "the_first_sound_comes_before_the_last_is_made",
    CountsInUtf16: "word_timings_are_words_of_the_text_in_order",
    TimesWordsAfterTheSound: "word_timings_are_words_of_the_text_in_order",
    CannotBeSilent: "an_empty_text_is_silence",
    WaitsForEver: "an_empty_text_is_silence",
    BlocksTheLoop: "an_empty_text_is_silence",
    SpeaksAThousandCharacters: "a_huge_text_is_spoken_to_its_end",
    KnowsLatinAlone: "any_script_is_spoken_or_skipped",
    ObeysPauses: "markup_in_a_text_is_not_interpreted",
    EndsAtTheTag: "markup_in_a_text_is_not_interpreted",
    KeepsOneTextForAll: "twenty_utterances_at_once_are_kept_apart",
    KeepsOneBufferForAll: "twenty_utterances_at_once_are_kept_apart",
    SpeaksOneByOne: "a_use_that_waits_does_not_block_another",
    MakesAllAhead: "a_slow_consumer_does_not_fill_the_memory",
    NamesTwoVoicesAlike: "voices_are_described",
}
