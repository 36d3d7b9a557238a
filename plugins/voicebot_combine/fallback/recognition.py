"""The recognition stream of `fallback`: passes everything on, and moves the conversation on if it fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

from voicebot import (
    FinalTranscript,
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
from voicebot_combine.error_text import describe, is_retryable
from voicebot_combine.fallback.current_provider import CurrentProvider
from voicebot_combine.fallback.order import FallbackOrder
from voicebot_combine.stray_cancellation import stray_cancellation_fails

_IDLE = 5.0
"""Seconds after which a service may close a stream that is waiting for speech; many close idle ones."""
_GAP = 1.0
"""Seconds without audio after which nobody is speaking: voice activity detection only passes speech on."""
_WORDLESS = 10.0
"""Seconds of audio without words that are not speech: without voice activity detection, all audio is sent."""


class FallbackRecognition(Recognition):
    """The stream of one recogniser; if it fails, the next stream is the next recogniser's."""

    def __init__(
        self,
        order: FallbackOrder[Recognizer[Any]],
        current: CurrentProvider,
        index: int,
        recognition: Recognition,
        resampler: Resampler,
    ) -> None:
        self._order = order
        self._current = current
        self._index = index
        self._recognition = recognition
        self._resampler = resampler
        self._now = asyncio.get_running_loop().time
        self._opened = self._audio_since = self._last_audio = self._now()
        self._speech_started = self._has_words = self._committed = False

    async def write(self, audio: bytes) -> None:
        """Pass audio on at the recogniser's sample rate."""
        now = self._now()
        if now - self._last_audio > _GAP:
            self._audio_since = now
        self._last_audio = now
        if audio := self._resampler.write(audio):
            with self._moving_on():
                await self._recognition.write(audio)

    async def commit(self) -> None:
        """Pass a commit on, after all the audio."""
        # a recogniser that only finds the ends of speech itself does not answer commits
        self._committed = type(self._recognition).commit is not Recognition.commit
        await self._flush()
        with self._moving_on():
            await self._recognition.commit()

    async def finish(self) -> None:
        """Pass the end of the audio on."""
        await self._flush()
        with self._moving_on():
            await self._recognition.finish()

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        if notice := self._current.take_notice():
            yield Notice(notice)
        with self._moving_on():
            async for event in self._recognition:
                self._follow(event)
                yield event

    async def _flush(self) -> None:
        if rest := self._resampler.flush():
            with self._moving_on():
                await self._recognition.write(rest)

    def _follow(self, event: RecognitionEvent) -> None:
        match event:
            case FinalTranscript():
                self._speech_started = self._has_words = self._committed = False
                self._audio_since = self._now()
            case PartialTranscript(text):
                self._has_words = self._has_words or bool(text)
            case SpeechStarted():
                self._speech_started = True
            case SpeechStopped():  # words may follow, or it was a noise
                self._speech_started = False
                self._audio_since = self._now()
            case _:
                pass

    @contextmanager
    def _moving_on(self) -> Iterator[None]:
        """On failure, move the conversation on unless the stream was idle; raise a retryable error."""
        try:
            with stray_cancellation_fails():
                yield
        except Exception as error:  # a third-party recogniser may raise anything
            if not (self._is_idle() and is_retryable(error)):
                notice = self._order.move_on(self._current, self._index, error)
                self._current.notice = notice or self._current.notice
            raise ProviderError(describe(error), retryable=True) from error

    def _is_idle(self) -> bool:
        """Whether nothing has been said for some time that has no final yet."""
        now = self._now()
        if self._speech_started or self._has_words or self._committed or now - self._opened < _IDLE:
            return False
        return now - self._last_audio > _GAP or now - self._audio_since > _WORDLESS
