"""Checks of a voice that takes text while it is being written."""

from __future__ import annotations

import asyncio
import unittest
from collections.abc import Callable, Iterable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from voicebot.interfaces import SpeechStream, Synthesizer
from voicebot.messages import AudioChunk, StreamedUtterance, Utterance
from voicebot.testing.contract.check import check
from voicebot.testing.contract.failures import Unmet, expect, ungrouped
from voicebot.testing.contract.iteration import interleaved
from voicebot.testing.contract.measurements.cancellation import (
    ensure_stops_when_cancelled,
    spread,
    suspensions,
)
from voicebot.testing.contract.measurements.progress import progress_timeout
from voicebot.testing.contract.samples import texts
from voicebot.testing.contract.synthesizer.speech import Speech, collect

if TYPE_CHECKING:
    from voicebot.testing.contract.provider.contract import ProviderContract

    Base = ProviderContract[Synthesizer[Any]]
else:
    Base = object

_AT_ONCE = 20
_LEAST, _MOST = 0.85, 2.5
"""How much shorter or longer speech may be if its text comes in pieces: voices pause between them."""
_CANCELLED = 8


class SpeechStreamChecks(Base):
    """What a `SpeechStream` must do; skipped for a voice that takes only whole utterances."""

    @check
    async def test_streamed_text_is_spoken_whole(self) -> None:
        """Text written in pieces of any length is spoken completely, and its words are timed."""
        async with self._started() as provider:
            streamed = [
                (size, await self._streamed(provider, texts.STORY, size))
                for size in (1, 7, 200, len(texts.STORY))
            ]
            short = await self._streamed(provider, texts.SENTENCE, len(texts.SENTENCE))
            whole = await self._whole(provider, texts.STORY)
            for size, speech in streamed:
                speech.is_as_long_as(whole, _LEAST, _MOST)
                speech.times_words_within(whole=size == len(texts.STORY))
            least = _LEAST * (await self._whole(provider, texts.SENTENCE)).spoken
            expect(
                short.spoken >= least,
                f"at least {least:.2f} s for {texts.SENTENCE!r}, not counting silence, as without a stream",
                f"{short.spoken:.2f} s",
            )

    @check
    async def test_streamed_text_is_spoken_before_it_ends(self) -> None:
        """Sound comes while text is still being written, after a few sentences at the latest."""
        async with self._started() as provider, self._opened(provider) as stream:
            await stream.write(f"{texts.STORY} ")
            limit = self.time_limit / 4
            try:
                async with progress_timeout(limit):
                    async for event in stream:
                        if isinstance(event, AudioChunk) and event.audio:
                            return
            except TimeoutError:
                pass
            raise Unmet(
                "sound before `finish`", f"none within {limit:g} s after {len(texts.STORY)} characters"
            )

    @check
    async def test_a_stream_without_text_ends_in_silence(self) -> None:
        """A stream that is finished without a text, or closed at once, ends without an error."""
        async with self._started() as provider:
            async with self._opened(provider):
                pass
            for text in texts.BLANK:
                speech = await self._streamed(provider, text, 1)
                expect(speech.seconds <= 1.0, f"silence for {text!r}", f"{speech.seconds:.1f} s of sound")

    @check
    async def test_twenty_streams_at_once_are_kept_apart(self) -> None:
        """Of twenty streams at once, each has the sound of its text."""
        given = texts.SEVERAL
        async with self._started() as provider:
            alone = [await self._streamed(provider, text, 20) for text in given]
            alike = (await self._streamed(provider, given[0], 20)).sound == alone[0].sound
            async with asyncio.TaskGroup() as tasks:
                together = [
                    tasks.create_task(
                        self._streamed(provider, given[n % len(given)], 20, together=True),
                        name=f"contract: stream {n}",
                    )
                    for n in range(_AT_ONCE)
                ]
            for number, task in enumerate(together):
                wanted, speech = alone[number % len(given)], task.result()
                speech.is_that_of(wanted, "when it is the only stream", alike=alike)

    @check
    async def test_a_stream_that_is_cancelled_stops_within_250_ms(self) -> None:
        """A stream that is cancelled at any of its awaits ends within 250 ms."""
        async with self._started() as provider:

            async def use() -> None:
                await self._streamed(provider, texts.SENTENCE, 10)

            for number, at in enumerate(spread(await suspensions(use()), _CANCELLED)):
                await ensure_stops_when_cancelled(use, at, 0.02 * (number % 2))
            await use()

    def _opened(self, provider: Synthesizer[Any]) -> Any:
        stream = provider.stream(StreamedUtterance())
        if stream is None:
            raise unittest.SkipTest("the voice takes only whole utterances (`stream` returns None)")
        return stream

    def _streams_text(self, provider: Synthesizer[Any]) -> bool:
        return provider.stream(StreamedUtterance()) is not None

    async def _whole(self, provider: Synthesizer[Any], text: str) -> Speech:
        async with aclosing(provider.synthesize(Utterance(text))) as events:
            return await collect(events, Speech(provider.output_format, text), lambda: None)

    async def _streamed(
        self,
        provider: Synthesizer[Any],
        text: str,
        size: int,
        midway: Callable[[], None] = lambda: None,
        *,
        together: bool = False,
    ) -> Speech:
        speech = Speech(provider.output_format, text)
        pieces = [text[first : first + size] for first in range(0, len(text), size)]
        with ungrouped():
            async with self._opened(provider) as stream, asyncio.TaskGroup() as tasks:
                tasks.create_task(_write(stream, pieces), name="contract: text")
                events = interleaved(aiter(stream)) if together else aiter(stream)
                await collect(events, speech, midway)
        return speech


async def _write(stream: SpeechStream, pieces: Iterable[str]) -> None:
    for piece in pieces:
        await stream.write(piece)
        await asyncio.sleep(0)  # other streams write theirs
    await stream.finish()
