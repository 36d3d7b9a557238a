"""A synthesis stream that gives recorded sound while the text is written, and the recorded texts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from typing import Any

from voicebot import AudioChunk, ProviderError, SpeechStream, SynthesisEvent, Utterance
from voicebot_replay.exchanges import MARGIN, Exchange
from voicebot_replay.providers.clock import ReplayClock


class ReplayedSpeech(SpeechStream):
    """Gives the sound of a recorded stream as long as the text is the same, and estimates the rest.

    Args:
        recorded: the requests of the recording.
        estimate: returns the seconds to the first sound, and the rest of the sound of a text of which some
            bytes are known.
        count: called if the text was not spoken then.
    """

    def __init__(
        self,
        recorded: Sequence[Exchange],
        clock: ReplayClock,
        estimate: Callable[[str, int], tuple[float, bytes]],
        count: Callable[[], None],
    ) -> None:
        self._recorded = [(spoken_text(each), each) for each in recorded]
        self._clock, self._estimate, self._count = clock, estimate, count
        self._text, self._begun = "", 0.0
        self._finished = False
        self._changed = asyncio.Event()
        self._size = 0

    async def write(self, text: str) -> None:
        """Take text."""
        if not self._text:
            self._begun = self._clock.now()
        self._text += text
        self._changed.set()

    async def finish(self) -> None:
        """End the text."""
        self._finished = True
        self._changed.set()

    async def __aiter__(self) -> AsyncIterator[SynthesisEvent]:
        given = 0
        while not self._text and not self._finished:
            await self._wait(None)
        exchange = self._find()
        while exchange is not None and given < len(exchange.answers):
            answer: Any = exchange.answers[given]
            due = self._begun + answer.at - first_text_at(exchange)
            if due > self._clock.now() + 1e-9:
                await self._wait(due)
                exchange = self._find()
                continue
            given += 1
            self._size += len(answer.answer.audio) if isinstance(answer.answer, AudioChunk) else 0
            yield answer.answer
        if exchange is not None and exchange.failure:
            raise ProviderError(exchange.failure)
        while not self._finished:
            await self._wait(None)
        exchange = self._find()
        if exchange is not None and not exchange.is_complete:
            await self._clock.until(self._begun + exchange.at + exchange.seconds - first_text_at(exchange))
        if self._text and (exchange is None or not exchange.is_complete):
            self._count()
            seconds, rest = self._estimate(self._text, self._size)
            await self._clock.until(self._begun + seconds)
            if rest:
                yield AudioChunk(rest)

    def _find(self) -> Exchange | None:
        """Return the recorded request with this text so far: that of the same moment, or one with all of its
        sound if there is one.
        """
        found = [
            each
            for text, each in self._recorded
            if (text == self._text if self._finished else text.startswith(self._text))
        ]
        return max(found, key=self._fitness, default=None)

    def _fitness(self, each: Exchange) -> tuple[bool, bool, int]:
        is_same = abs(first_text_at(each) - self._begun) < MARGIN
        return is_same, each.is_complete, sound_bytes(each)

    async def _wait(self, until: float | None) -> None:
        """Wait for text, at most until a second of the conversation."""
        self._changed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(None if until is None else max(0.0, until - self._clock.now())):
                await self._changed.wait()


def spoken_text(exchange: Exchange) -> str:
    """Return the text of a request to a synthesizer."""
    if isinstance(exchange.question, Utterance):
        return exchange.question.text
    return "".join(each.text for each in exchange.given if each.control == "text")


def sound_bytes(exchange: Exchange) -> int:
    """Return how many bytes of sound it gave."""
    return sum(len(each.answer.audio) for each in exchange.answers if isinstance(each.answer, AudioChunk))


def first_text_at(exchange: Exchange) -> float:
    """Return when it was given the first text."""
    return next((each.at for each in exchange.given if each.control == "text"), exchange.at)


def first_sound(exchange: Exchange) -> float | None:
    """Return how many seconds the first sound took; None if none came."""
    sounds = (each.at for each in exchange.answers if isinstance(each.answer, AudioChunk))
    at = next(sounds, None)
    return None if at is None else at - first_text_at(exchange)
