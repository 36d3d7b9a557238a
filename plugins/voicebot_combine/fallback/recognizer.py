"""`fallback` for recognisers: where one fails, the next listens, and hears what had not been settled.

A session that breaks raises; whoever listens opens another and tells it the unsettled sound again. That one
is then the next recogniser's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any

from voicebot import (
    Choice,
    Field,
    FinalTranscript,
    Hints,
    Notice,
    PartialTranscript,
    ProviderError,
    Recognition,
    RecognitionEvent,
    Recognizer,
    Resampler,
    SpeechStarted,
    SpeechStopped,
)
from voicebot_combine.error_text import reason, retryable
from voicebot_combine.fallback.current_provider import Standing
from voicebot_combine.fallback.order import Ladder, LadderOptions
from voicebot_combine.stray_cancellation import leaks_fail

_IDLE = 5.0
"""Seconds after which a session that has nothing to settle may be closed: services do that to idle ones."""
_GAP = 1.0
"""Seconds without sound after which nobody speaks: where speech is detected, nothing else is told."""
_UNTOLD = 10.0
"""Seconds of sound without a word that are no speech: the microphone is open all the time."""


class FallbackRecognizerOptions(LadderOptions):
    """Options of the `fallback` for recognisers."""

    of: tuple[Choice[Recognizer[Any]], ...] = Field(min_length=2)
    """Who listens, in this order."""


class FallbackRecognizer(Recognizer[FallbackRecognizerOptions]):
    """Lets the next of several recognisers listen where one fails.

    What the user said and was not settled yet is told again to the next, so that no word is lost. A
    conversation stays with it, and its observers are told. A retry is not needed: what breaks is reopened
    by the engine anyway.
    """

    def __init__(self, options: FallbackRecognizerOptions) -> None:
        super().__init__(options)
        self._ladder = Ladder(options.of, options, "listens")

    async def start(self) -> None:
        """Start all; one is enough."""
        self.input_format = (await self._ladder.start()).input_format

    async def aclose(self) -> None:
        """Close all."""
        await self._ladder.aclose()

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        """Open a session with the conversation's recogniser, or else with the next that can."""
        if not hasattr(self, "input_format"):
            raise ProviderError("the recogniser is not started")
        standing = self._ladder.standing(hints.conversation)
        async with AsyncExitStack() as stack:
            number, recognition = await self._open(stack, standing, hints)
            theirs = self._ladder.parts[number].provider.input_format
            resampler = Resampler(self.input_format, theirs)
            yield _Session(self._ladder, standing, number, recognition, resampler)

    async def _open(self, stack: AsyncExitStack, standing: Standing, hints: Hints) -> tuple[int, Recognition]:
        ladder = self._ladder
        failures: list[str] = []
        hope = False
        for number, part in ladder.turns(standing):
            try:
                await ladder.ready(part)
                async with asyncio.timeout(ladder.timeout) as limit:
                    with leaks_fail():
                        recognition = await stack.enter_async_context(part.provider.listen(hints))
            except Exception as error:  # a stranger's recogniser may raise anything
                broken = error
                if isinstance(error, TimeoutError) and limit.expired():
                    broken = ProviderError(f"it did not listen within {ladder.timeout:g} s", retryable=True)
                failures.append(ladder.failed(part, broken))
                hope = hope or retryable(broken)
                continue
            if failures:
                standing.number = number
                standing.news = ladder.moved(failures, number)
            return number, recognition
        raise ProviderError("; ".join(failures), retryable=hope)


class _Session(Recognition):
    """One recogniser's session; whatever it fails with, the next one is the next recogniser's."""

    def __init__(
        self,
        ladder: Ladder[Recognizer[Any]],
        standing: Standing,
        number: int,
        recognition: Recognition,
        resampler: Resampler,
    ) -> None:
        self._ladder = ladder
        self._standing = standing
        self._number = number
        self._recognition = recognition
        self._resampler = resampler
        self._now = asyncio.get_running_loop().time
        self._opened = self._sounds_since = self._sounded_at = self._now()
        self._speaks = self._has_words = self._committed = False

    async def write(self, audio: bytes) -> None:
        """Pass sound on at the recogniser's rate."""
        now = self._now()
        if now - self._sounded_at > _GAP:
            self._sounds_since = now
        self._sounded_at = now
        if audio := self._resampler.write(audio):
            with self._told():
                await self._recognition.write(audio)

    async def commit(self) -> None:
        """Pass on that the user paused, after all the sound."""
        # who finds the ends of speech alone answers no commit
        self._committed = type(self._recognition).commit is not Recognition.commit
        await self._flush()
        with self._told():
            await self._recognition.commit()

    async def finish(self) -> None:
        """Pass on that no more will come."""
        await self._flush()
        with self._told():
            await self._recognition.finish()

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        if news := self._standing.take_news():
            yield Notice(news)
        with self._told():
            async for event in self._recognition:
                self._note(event)
                yield event

    async def _flush(self) -> None:
        if rest := self._resampler.flush():
            with self._told():
                await self._recognition.write(rest)

    def _note(self, event: RecognitionEvent) -> None:
        match event:
            case FinalTranscript():
                self._speaks = self._has_words = self._committed = False
                self._sounds_since = self._now()
            case PartialTranscript(text):
                self._has_words = self._has_words or bool(text)
            case SpeechStarted():
                self._speaks = True
            case SpeechStopped():  # words may follow, or it was a noise
                self._speaks = False
                self._sounds_since = self._now()
            case _:
                pass

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell whoever listens of a failure, and move the conversation on unless it was idle."""
        try:
            with leaks_fail():
                yield
        except Exception as error:  # a stranger's recogniser may raise anything
            if not (self._is_idle() and retryable(error)):
                self._standing.news = (
                    self._ladder.leave(self._standing, self._number, error) or self._standing.news
                )
            raise ProviderError(reason(error), retryable=True) from error

    def _is_idle(self) -> bool:
        """Whether nothing has been said for long that the session has not settled."""
        now = self._now()
        if self._speaks or self._has_words or self._committed or now - self._opened < _IDLE:
            return False
        return now - self._sounded_at > _GAP or now - self._sounds_since > _UNTOLD
