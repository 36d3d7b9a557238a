"""The contract of a recogniser: speech to text."""

from __future__ import annotations

import asyncio
import unittest
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

from voicebot.audio import AudioFormat
from voicebot.errors import ProviderError
from voicebot.interfaces import Recognition, Recognizer
from voicebot.messages import FinalTranscript, Hints
from voicebot.testing.contract.check import check
from voicebot.testing.contract.failures import Unmet, expect, ungrouped
from voicebot.testing.contract.iteration import closing, interleaved
from voicebot.testing.contract.measurements.progress import progress_timeout
from voicebot.testing.contract.provider.audio_format import AudioFormatChecks
from voicebot.testing.contract.provider.concurrency import ConcurrencyChecks
from voicebot.testing.contract.provider.contract import ProviderContract, do_nothing
from voicebot.testing.contract.recognizer.commits import CommitChecks
from voicebot.testing.contract.recognizer.session_io import checked_events, paused_session, write
from voicebot.testing.contract.recognizer.sessions import SessionChecks
from voicebot.testing.contract.samples import texts
from voicebot.testing.contract.samples.recordings import error_rate, pieces, sound_of

_FRAME = 0.02
_BRIEF = 0.4
_ODD_SIZES = (2, 4094, 640, 6, 20_000)


class RecognizerContract(
    CommitChecks, SessionChecks, AudioFormatChecks, ConcurrencyChecks, ProviderContract[Recognizer[Any]]
):
    """What a recogniser must do."""

    clip: Path
    """A recording of speech: a WAV file at any sample rate."""
    words: str
    """The words spoken in the clip."""
    word_error_rate: ClassVar[float] = 0.25
    """The share of words that the recogniser may get wrong."""
    hints: ClassVar[Hints] = Hints(languages=("en-US",))
    """The hints given to the recogniser."""

    _format_name: ClassVar[str] = "input_format"

    @check
    async def test_the_words_of_a_clip_are_recognised(self) -> None:
        """The words of the clip are recognised in order."""
        async with self._started() as provider:
            self._expect_words(await self._recognized(provider, self._clip(provider)))

    @check
    async def test_sound_may_come_in_pieces_of_any_even_size(self) -> None:
        """Sound may be written in pieces of any even number of bytes, from one sample to all of it."""
        async with self._started() as provider:
            audio = self._clip(provider)
            for sizes in (_ODD_SIZES, (len(audio),)):
                self._expect_words(await self._recognized(provider, audio, sizes))

    @check
    async def test_words_come_before_the_sound_ends(self) -> None:
        """Recognition is streamed: partial transcripts come before all the sound has been written."""
        async with self._started() as provider, provider.listen(self.hints) as recognition:
            audio = self._clip(provider)
            limit = self.time_limit / 4
            writing = asyncio.create_task(
                write(recognition, pieces(audio, (self._frame(provider),)), finish=False),
                name="contract: sound",
            )
            try:
                async with progress_timeout(limit), checked_events(recognition) as events:
                    async for event in events:
                        if getattr(event, "text", ""):
                            return
            except TimeoutError:
                pass
            finally:
                writing.cancel()
                await asyncio.wait({writing})
        raise Unmet("a transcript, at least a partial one, before `finish`", f"none within {limit:g} s")

    @check
    async def test_any_hints_are_accepted_or_refused(self) -> None:
        """Any hints are accepted or refused: none, many, empty ones, in any script and of any language."""
        async with self._started() as provider:
            foreign = tuple(text for text, _ in texts.FOREIGN.values())
            for hints in (
                Hints(),
                Hints(("", " ", *foreign, texts.MARKUP, texts.STORY)),
                Hints(tuple(f"phrase number {number}" for number in range(1000))),
                Hints(languages=("xx-XX",)),
            ):
                try:
                    await self._recognized(provider, b"", hints=hints)
                except ProviderError:
                    continue

    async def _use(self, provider: Recognizer[Any], midway: Callable[[], None] = do_nothing) -> None:
        text = await self._recognized(provider, self._clip(provider), midway=midway)
        if midway is not do_nothing:
            self._expect_words(text)

    async def _use_fully(self, provider: Recognizer[Any]) -> None:
        """Recognise the clip twice in one session, with a commit in between."""
        clip = list(pieces(self._clip(provider), (self._frame(provider),)))
        with ungrouped():
            async with provider.listen(self.hints) as recognition, asyncio.TaskGroup() as tasks:
                tasks.create_task(self._commit_between(recognition, clip), name="contract: sound")
                async with checked_events(recognition) as events:
                    async for _ in events:
                        pass

    async def _use_briefly(self, provider: Recognizer[Any], number: int) -> None:
        clip = self._clip(provider)
        await self._recognized(provider, clip[: provider.input_format.bytes_in(_BRIEF)])

    @asynccontextmanager
    async def _paused_midway(self, provider: Recognizer[Any]) -> AsyncGenerator[None, None]:
        sound = pieces(self._clip(provider), (self._frame(provider),))
        async with provider.listen(self.hints) as recognition, paused_session(recognition, sound):
            yield

    async def _give_text(self, provider: Recognizer[Any], text: str) -> None:
        await self._recognized(provider, b"", hints=Hints((text,), self.hints.languages))

    async def _commit_between(self, recognition: Recognition, clip: list[bytes]) -> None:
        await write(recognition, clip, finish=False)
        await recognition.commit()
        await write(recognition, clip)

    async def _recognized(
        self,
        provider: Recognizer[Any],
        audio: bytes,
        sizes: Sequence[int] = (),
        *,
        hints: Hints | None = None,
        midway: Callable[[], None] = do_nothing,
        together: bool = False,
    ) -> str:
        """Recognise sound to its end; return the words of all final transcripts."""
        finals: list[str] = []
        with ungrouped():
            async with provider.listen(hints or self.hints) as recognition, asyncio.TaskGroup() as tasks:
                sizes = sizes or (self._frame(provider),)
                tasks.create_task(write(recognition, pieces(audio, sizes), midway), name="contract: sound")
                async with (
                    checked_events(recognition) as events,
                    closing(interleaved(events) if together else events) as heard_here,
                ):
                    finals += [e.text async for e in heard_here if isinstance(e, FinalTranscript)]
        return " ".join(text for text in finals if text)

    def _expect_words(self, text: str, said: str | None = None) -> None:
        words = self.words if said is None else said
        rate = error_rate(words, text)
        expect(
            rate <= self.word_error_rate,
            f"{words!r} with at most {self.word_error_rate:.0%} of the words wrong",
            f"{text!r}, {rate:.0%} wrong; if it cannot do better, set `word_error_rate` of the class or "
            "`--word-error-rate` of `voicebot check-plugin`",
        )

    def _clip(self, provider: Recognizer[Any]) -> bytes:
        if not hasattr(self, "clip") or not hasattr(self, "words"):
            raise unittest.SkipTest("there is no `clip`, a recording with its `words`")
        return sound_of(self.clip, getattr(provider, "input_format", AudioFormat(16_000)))

    def _frame(self, provider: Recognizer[Any]) -> int:
        return getattr(provider, "input_format", AudioFormat(16_000)).bytes_in(_FRAME)
