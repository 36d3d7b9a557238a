"""The engine's end of a recogniser: sound goes in through a gate, and is not lost when recognition breaks."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from voicebot.audio import AudioFormat, Resampler
from voicebot.errors import ProviderError
from voicebot.interfaces import Recognition, Recognizer
from voicebot.messages import FinalTranscript, Hints, RecognitionEvent
from voicebot.options import Options

logger = logging.getLogger(__name__)

_ATTEMPTS = 4
_FIRST_WAIT = 0.2
_KEPT_SECONDS = 60.0


class _Sound:
    """The latest sound, at most `seconds` of it."""

    def __init__(self, seconds: float, sound: AudioFormat) -> None:
        self._most = sound.bytes_in(seconds)
        self._size = 0
        self._frames: deque[bytes] = deque()

    def add(self, audio: bytes) -> None:
        self._frames.append(audio)
        self._size += len(audio)
        while self._size > self._most and self._frames:
            self._size -= len(self._frames.popleft())

    def take(self) -> bytes:
        audio = b"".join(self._frames)
        self._frames.clear()
        self._size = 0
        return audio


class Listener:
    """Keeps one recognition going for the length of a conversation.

    While the gate is closed, sound waits in the pre-roll; when it opens, the pre-roll goes first. Sound
    that has not become a final transcript is written again when recognition had to be reopened.

    Args:
        microphone: format of the sound that `write` takes.
        pre_roll: seconds kept while the gate is closed.
    """

    def __init__(
        self,
        recognizer: Recognizer[Options],
        hints: Hints,
        microphone: AudioFormat,
        *,
        pre_roll: float,
    ) -> None:
        self._recognizer = recognizer
        self._hints = hints
        self._resampler = Resampler(microphone, recognizer.input_format)
        self._pre_roll = _Sound(pre_roll, recognizer.input_format)
        self._unsettled = _Sound(_KEPT_SECONDS, recognizer.input_format)
        self._recognition: Recognition | None = None
        self._commit_wanted = False

    async def run(
        self,
        heard: Callable[[RecognitionEvent], Awaitable[None]],
        failed: Callable[[ProviderError], None],
        ready: Callable[[], None],
    ) -> None:
        """Recognise until cancelled; reopen what breaks.

        Raises:
            ProviderError: recognition cannot be had, for good.
        """
        attempts = 0
        while True:
            try:
                async with self._recognizer.listen(self._hints) as recognition:
                    await self._resume(recognition)
                    ready()
                    async for event in recognition:
                        attempts = 0
                        if isinstance(event, FinalTranscript):
                            self._unsettled.take()
                        await heard(event)
                raise ProviderError("the recogniser stopped listening by itself", retryable=True)
            except ProviderError as error:
                self._recognition = None
                attempts += 1
                if attempts >= _ATTEMPTS or not error.retryable:
                    raise
                failed(error)
                await asyncio.sleep(_FIRST_WAIT * 2 ** (attempts - 1))

    async def write(self, audio: bytes, *, gate_open: bool) -> None:
        """Hand over the next sound: to the recogniser, or to the pre-roll while the gate is closed."""
        audio = self._resampler.write(audio)
        if not gate_open:
            self._pre_roll.add(audio)
            return
        if before := self._pre_roll.take():
            await self._write(before)
        await self._write(audio)

    async def commit(self) -> None:
        """Ask for the final transcript now."""
        if self._recognition is None:
            self._commit_wanted = True
            return
        try:
            await self._recognition.commit()
        except ProviderError as error:  # the iteration reports it too, and reopens
            logger.debug("commit failed: %s", error)
            self._commit_wanted = True

    async def _write(self, audio: bytes) -> None:
        self._unsettled.add(audio)
        if self._recognition is None:
            return
        try:
            await self._recognition.write(audio)
        except ProviderError as error:  # the iteration reports it too, and reopens
            logger.debug("write failed: %s", error)
            self._recognition = None

    async def _resume(self, recognition: Recognition) -> None:
        audio = self._unsettled.take()
        self._recognition = recognition
        if audio:
            await self._write(audio)
        if self._commit_wanted:
            self._commit_wanted = False
            await self.commit()
