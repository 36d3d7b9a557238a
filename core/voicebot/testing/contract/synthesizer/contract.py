"""The contract of a synthesizer: text to speech."""

from __future__ import annotations

import asyncio
import unittest
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any, ClassVar

from voicebot.audio import AudioFormat
from voicebot.errors import ProviderError
from voicebot.interfaces import Synthesizer
from voicebot.messages import AudioChunk, Utterance, VoiceDescription
from voicebot.testing.contract.check import check
from voicebot.testing.contract.failures import Unmet, expect
from voicebot.testing.contract.iteration import closing, interleaved
from voicebot.testing.contract.measurements import memory
from voicebot.testing.contract.provider.audio_format import AudioFormatChecks
from voicebot.testing.contract.provider.concurrency import ConcurrencyChecks
from voicebot.testing.contract.provider.contract import ProviderContract, do_nothing
from voicebot.testing.contract.samples import texts
from voicebot.testing.contract.synthesizer import speech_lengths
from voicebot.testing.contract.synthesizer.speech import Speech, collect, skip_to_first_sound
from voicebot.testing.contract.synthesizer.speech_stream import SpeechStreamChecks
from voicebot.testing.contract.synthesizer.spoken_texts import SpokenTextChecks

_AT_ONCE = 20
_STREAMED = 0.8
"""The share of the time for a whole speech within which its first sound must come."""
_ATTEMPTS = 3
_QUICK = 0.05
_BOOK = 4
_AHEAD = 300.0
_SHORTER, _LONGER = 0.85, 1.2
"""How much shorter or longer a speech may be than another of the same words."""


class SynthesizerContract(
    SpokenTextChecks,
    SpeechStreamChecks,
    AudioFormatChecks,
    ConcurrencyChecks,
    ProviderContract[Synthesizer[Any]],
):
    """What a synthesizer must do, in `synthesize` and in a `stream` if it has one."""

    pace: ClassVar[tuple[float, float]] = speech_lengths.PACE
    """The slowest and the fastest pace, in characters of English per second, pauses included."""

    _format_name: ClassVar[str] = "output_format"

    @check
    async def test_sound_comes_in_whole_samples(self) -> None:
        """`AudioChunk`s hold an even number of bytes: s16le, nothing else."""
        async with self._started() as provider:
            speech = await self._speech(provider, texts.SEVERAL[-1])
            expect(speech.size, "sound", "none")
            speech.holds_whole_samples()

    @check
    async def test_speech_is_as_long_as_its_text(self) -> None:
        """Speech is as long as its text: the rate is right, and nothing is left out or said twice."""
        async with self._started() as provider:
            story = await self._speech(provider, texts.STORY)
            story.keeps_pace(*self.pace)
            self.notes.append(f"it speaks {len(texts.STORY) / story.seconds:.1f} characters per second")
            await speech_lengths.ensure_lengths_add_up(lambda text: self._speech(provider, text), story)

    @check
    async def test_the_first_sound_comes_before_the_last_is_made(self) -> None:
        """Speech is streamed: its first sound comes well before all of it has been made."""
        async with self._started() as provider:
            loop = asyncio.get_running_loop()
            share = 1.0
            for _ in range(_ATTEMPTS):
                began = loop.time()
                first: list[float] = []
                speech = await self._speech(provider, texts.STORY, lambda: first.append(loop.time()))  # noqa: B023
                expect(len(speech.chunks) > 1, "several chunks for several sentences", "one")
                whole = loop.time() - began
                share = min(share, (first[0] - began) / whole if whole > _QUICK else 0.0)
                if share <= _STREAMED:
                    return
            raise Unmet(
                f"the first sound within {_STREAMED:.0%} of the time that the whole speech takes",
                f"after {share:.0%} of it, at best",
            )

    @check
    async def test_word_timings_are_words_of_the_text_in_order(self) -> None:
        """`WordTiming`s cover whole words of the text, in order, at times within the sound."""
        async with self._started() as provider:
            timed = 0
            for text in (texts.SENTENCE, texts.STORY, texts.FOREIGN["emoji among words"][0]):
                speech = await self._speech(provider, text)
                speech.times_words_within()
                timed += len(speech.words)
        if not timed:
            raise unittest.SkipTest("the voice reports no word timings, which is allowed")

    @check
    async def test_twenty_utterances_at_once_are_kept_apart(self) -> None:
        """Of twenty utterances at once, each has the sound and the words of its text."""
        given = texts.SEVERAL
        async with self._started() as provider:
            alone = [await self._speech(provider, text) for text in given]
            alike = (await self._speech(provider, given[0])).sound == alone[0].sound
            async with asyncio.TaskGroup() as tasks:
                together = [
                    tasks.create_task(
                        self._speech(provider, given[n % len(given)], together=True),
                        name=f"contract: utterance {n}",
                    )
                    for n in range(_AT_ONCE)
                ]
            for number, task in enumerate(together):
                wanted, speech = alone[number % len(given)], task.result()
                speech.times_words_within()
                speech.is_that_of(wanted, "when it is the only utterance", alike=alike)
                # fewer timings are allowed: a late one is better left out
                expect(
                    len(speech.words) <= len(wanted.words) + 1,
                    f"at most {len(wanted.words)} timed words, as when it is the only utterance",
                    f"{len(speech.words)}",
                )

    @check
    async def test_a_slow_consumer_does_not_fill_the_memory(self) -> None:
        """A voice produces at most five minutes of sound that is not consumed."""
        with memory.traced():
            async with self._started() as provider:
                await self._use(provider)
                before = memory.traced_bytes()
                async with aclosing(provider.synthesize(Utterance(_BOOK * texts.huge()))) as events:
                    async for event in events:
                        if isinstance(event, AudioChunk) and event.audio:
                            break
                    most = provider.output_format.bytes_in(_AHEAD) + memory.LIMIT // 4
                    await memory.ensure_bounded(before, "a consumer that has stopped", most)
                await self._use(provider)

    @check
    async def test_speech_can_be_abandoned_after_any_event(self) -> None:
        """A consumer can stop after any event; the voice then speaks the next utterance as usual."""
        async with self._started() as provider:
            for count in (1, 2, 5):
                left = count
                async with aclosing(provider.synthesize(Utterance(texts.STORY))) as events:
                    async for _ in events:
                        left -= 1
                        if not left:
                            break
                await self._use(provider)

    @check
    async def test_voices_are_described(self) -> None:
        """`voices` returns `VoiceDescription`s with unique names."""
        async with self._started() as provider:
            try:
                voices = await provider.voices()
            except ProviderError as error:
                raise unittest.SkipTest(f"its voices cannot be listed here: {error}") from None
            expect(all(isinstance(voice, VoiceDescription) for voice in voices), "VoiceDescriptions", voices)
            names = [voice.name for voice in voices]
            twice = sorted({name for name in names if names.count(name) > 1})
            expect(all(names) and not twice, "unique names", f"several voices are called {twice}")

    async def _use(self, provider: Synthesizer[Any], midway: Callable[[], None] = do_nothing) -> None:
        if midway is do_nothing:
            await self._speech(provider, texts.SENTENCE)
            return
        whole = await self._speech(provider, texts.STORY)
        (await self._speech(provider, texts.STORY, midway)).is_as_long_as(whole, _SHORTER, _LONGER)

    async def _use_fully(self, provider: Synthesizer[Any]) -> None:
        await self._speech(provider, texts.STORY)
        if self._streams_text(provider):
            await self._streamed(provider, texts.STORY, 20)

    async def _use_briefly(self, provider: Synthesizer[Any], number: int) -> None:
        await self._speech(provider, f"Parrot {number}.")
        if self._streams_text(provider):
            await self._streamed(provider, f"Bird {number}.", 20)

    async def _use_at_length(
        self, provider: Synthesizer[Any], number: int, midway: Callable[[], None]
    ) -> None:
        if number % 2 and self._streams_text(provider):
            await self._streamed(provider, texts.STORY, 20, midway)
        else:
            await self._speech(provider, texts.STORY, midway)

    @asynccontextmanager
    async def _paused_midway(self, provider: Synthesizer[Any]) -> AsyncGenerator[None, None]:
        async with aclosing(provider.synthesize(Utterance(texts.STORY))) as events:
            await skip_to_first_sound(events)
            if not self._streams_text(provider):
                yield
                return
            async with self._opened(provider) as stream:
                await stream.write(f"{texts.STORY} ")
                await stream.finish()
                async with closing(aiter(stream)) as streamed:
                    await skip_to_first_sound(streamed)
                    yield

    async def _give_text(self, provider: Synthesizer[Any], text: str) -> None:
        await self._speech(provider, text)
        if self._streams_text(provider):
            await self._streamed(provider, text, len(text))

    async def _speech(
        self,
        provider: Synthesizer[Any],
        text: str,
        midway: Callable[[], None] = do_nothing,
        language: str | None = None,
        *,
        together: bool = False,
    ) -> Speech:
        speech: Speech | None = None
        async with aclosing(provider.synthesize(Utterance(text, language))) as events:
            # the format of a voice that was not started may not be known before the first sound
            speech = Speech(getattr(provider, "output_format", AudioFormat(24_000)), text)
            return await collect(interleaved(events) if together else events, speech, midway)
