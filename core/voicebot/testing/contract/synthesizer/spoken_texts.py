"""Checks of a voice with texts of every sort: empty, long, foreign, or like markup."""

from __future__ import annotations

import asyncio
import unittest
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, ClassVar

from voicebot.interfaces import Synthesizer
from voicebot.messages import Utterance
from voicebot.testing.contract.check import check
from voicebot.testing.contract.failures import Unmet, expect
from voicebot.testing.contract.samples import texts
from voicebot.testing.contract.synthesizer.speech import Speech

if TYPE_CHECKING:
    from voicebot.testing.contract.provider.contract import ProviderContract

    class Base(ProviderContract[Synthesizer[Any]]):
        """The members of the contract that these checks use."""

        pace: ClassVar[tuple[float, float]]

        async def _speech(
            self, provider: Synthesizer[Any], text: str, *, language: str | None = None
        ) -> Speech: ...

else:
    Base = object

_ENOUGH = 60.0
_SHORTER, _LONGER = 0.85, 1.2
"""How much shorter or longer a speech may be than another of the same words."""
_LONG_PAUSE, _SHORT_PAUSE = "9s", "1s"


class SpokenTextChecks(Base):
    """What a voice must do, whatever the text."""

    @check
    async def test_an_empty_text_is_silence(self) -> None:
        """A text without words ends without an error, after at most a second of silence."""
        async with self._started() as provider:
            for text in texts.BLANK:
                speech = await self._speech(provider, text)
                expect(speech.seconds <= 1.0, f"silence for {text!r}", f"{speech.seconds:.1f} s of sound")

    @check
    async def test_a_huge_text_is_spoken_to_its_end(self) -> None:
        """A text of 5,000 characters is spoken completely (of a slow voice, the first minute is checked)."""
        text = texts.huge()
        async with self._started() as provider:
            story = await self._speech(provider, texts.STORY)
            try:
                story.keeps_pace(*self.pace)
            except Unmet:
                raise unittest.SkipTest("not even a short story is as long as its text") from None
            speech = Speech(provider.output_format, text)
            loop = asyncio.get_running_loop()
            deadline = loop.time() + self.time_limit / 2
            async with aclosing(provider.synthesize(Utterance(text))) as events:
                async for event in events:
                    speech.add(event)
                    if speech.seconds > _ENOUGH and loop.time() > deadline:
                        return
            speech.is_as_long_as(story, _SHORTER, _LONGER)

    @check
    async def test_any_script_is_spoken_or_skipped(self) -> None:
        """Japanese, Arabic, emoji, control characters and unknown languages are spoken or skipped."""
        async with self._started() as provider:
            for name, (text, language) in texts.FOREIGN.items():
                try:
                    await self._speech(provider, text, language=language)
                except Exception as error:
                    raise Unmet(f"{name} spoken or skipped", f"{type(error).__name__}: {error}") from error

    @check
    async def test_markup_in_a_text_is_not_interpreted(self) -> None:
        """What looks like SSML is text: it is read or left out, but neither interpreted nor an error."""
        async with self._started() as provider:
            long = await self._speech(provider, texts.MARKUP.replace("9s", _LONG_PAUSE))
            short = await self._speech(provider, texts.MARKUP.replace("9s", _SHORT_PAUSE))
            expect(
                abs(long.seconds - short.seconds) < 4.0,
                f'the same length with <break time="{_LONG_PAUSE}"/> as with {_SHORT_PAUSE}',
                f"{long.seconds:.1f} s and {short.seconds:.1f} s",
            )
            alone = await self._speech(provider, texts.SENTENCE)
            whole = await self._speech(provider, f"Wait </speak> here. {texts.SENTENCE}")
            expect(
                whole.seconds > 0.7 * alone.seconds,
                "everything after </speak> to be spoken too",
                f"{whole.seconds:.1f} s, where {texts.SENTENCE!r} alone takes {alone.seconds:.1f} s",
            )
