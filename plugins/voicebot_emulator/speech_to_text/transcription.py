"""Transcribe speech by the lines of the script, or with a real recogniser.

A transcriber is given one segment of speech after another, and returns one transcript for each.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from voicebot import (
    AudioFormat,
    FinalTranscript,
    Hints,
    PartialTranscript,
    ProviderError,
    Recognition,
    Recognizer,
    Resampler,
)
from voicebot_emulator.script import Heard
from voicebot_emulator.speech_to_text.segments import is_loud

if TYPE_CHECKING:
    from voicebot_emulator.emulation import Emulation
    from voicebot_emulator.speech_to_text.request import RecognitionRequest

logger = logging.getLogger(__name__)

_WORDS_PER_SECOND = 3.0
"""How fast the words of a scripted line appear in hypotheses."""
_PAUSE_FRAMES = 5


class Transcriber(ABC):
    """Transcribes the segments of speech in one turn."""

    @abstractmethod
    async def begin(self, audio: bytes) -> None:
        """Begin a segment of speech."""

    @abstractmethod
    async def hear(self, audio: bytes, seconds: float) -> str:
        """Process more of it, now `seconds` long, and return the words so far."""

    @abstractmethod
    async def end(self) -> Awaitable[Heard]:
        """End it, and return its transcript, to be awaited."""

    def mark_sent(self) -> None:  # noqa: B027 - only the script uses it
        """Record that the oldest transcript has been sent to the client."""

    def give_back(self) -> None:  # noqa: B027 - the same
        """Reuse the lines that were not sent to the client."""


class ScriptedTranscriber(Transcriber):
    """Transcribes by the script."""

    def __init__(self, emulation: Emulation) -> None:
        self._emulation = emulation
        self._numbers: deque[int] = deque()
        self._line = Heard(text="")
        self._quiet_frames = 0

    async def begin(self, audio: bytes) -> None:
        """Take the next line."""
        self._quiet_frames = 0
        self._numbers.append(self._emulation.script_lines.take())
        self._line = self._emulation.script.hears(self._numbers[-1]) or Heard(text="")

    async def hear(self, audio: bytes, seconds: float) -> str:
        """Return the first words of the line, or all of them once there is a pause."""
        self._quiet_frames = 0 if is_loud(audio) else self._quiet_frames + 1
        if self._quiet_frames >= _PAUSE_FRAMES:
            return self._line.text
        return " ".join(self._line.text.split()[: 1 + int(seconds * _WORDS_PER_SECOND)])

    async def end(self) -> Awaitable[Heard]:
        """Return the line."""
        ready: asyncio.Future[Heard] = asyncio.get_running_loop().create_future()
        ready.set_result(self._line)
        return ready

    def mark_sent(self) -> None:
        """Use the line up."""
        self._numbers.popleft()

    def give_back(self) -> None:
        """Reuse the lines that were not sent."""
        while self._numbers:
            self._emulation.script_lines.give_back(self._numbers.popleft())


class RealTranscriber(Transcriber):
    """Transcribes with a real recogniser."""

    def __init__(self, recognition: Recognition, resampler: Resampler) -> None:
        self._recognition = recognition
        self._resampler = resampler
        self._partial = ""
        self._ended: deque[asyncio.Future[Heard]] = deque()

    async def begin(self, audio: bytes) -> None:
        """Begin with the sound from before the speech."""
        self._partial = ""
        await self._recognition.write(self._resampler.write(audio))

    async def hear(self, audio: bytes, seconds: float) -> str:
        """Pass the sound on."""
        await self._recognition.write(self._resampler.write(audio))
        await asyncio.sleep(0)  # sound that waits in a queue must not starve `listen`
        return self._partial

    async def end(self) -> Awaitable[Heard]:
        """Ask for the transcript."""
        await self._recognition.write(self._resampler.flush())
        ended: asyncio.Future[Heard] = asyncio.get_running_loop().create_future()
        self._ended.append(ended)
        await self._recognition.commit()
        return ended

    async def listen(self) -> None:
        """Process the recogniser's events until cancelled."""
        settled: list[str] = []
        try:
            async for event in self._recognition:
                match event:
                    case PartialTranscript(text):
                        self._partial = " ".join([*settled, text])
                    case FinalTranscript(text, language):
                        settled.append(text)
                        if self._ended:
                            words = " ".join(filter(None, settled))
                            settled.clear()
                            self._partial = ""
                            self._ended.popleft().set_result(Heard(text=words, language=language))
        except ProviderError as error:
            logger.error("the recogniser behind the emulator failed: %s", error)
        finally:
            for ended in self._ended:
                ended.cancel()


@asynccontextmanager
async def open_transcriber(
    emulation: Emulation, request: RecognitionRequest, sound: AudioFormat
) -> AsyncIterator[Transcriber]:
    """Yield the transcriber of one turn: the script if it has lines, else the real recogniser."""
    recognizer = emulation.providers.recognizer
    if emulation.script.heard or recognizer is None:
        scripted = ScriptedTranscriber(emulation)
        try:
            yield scripted
        finally:
            scripted.give_back()
        return
    phrases = (*request.phrases, *emulation.providers.phrases)
    async with _listening(recognizer, Hints(phrases, request.languages), sound) as real:
        yield real


@asynccontextmanager
async def _listening(
    recognizer: Recognizer[Any], hints: Hints, sound: AudioFormat
) -> AsyncIterator[Transcriber]:
    async with recognizer.listen(hints) as recognition:
        real = RealTranscriber(recognition, Resampler(sound, recognizer.input_format))
        listening = asyncio.create_task(real.listen(), name="emulator: recognise")
        try:
            yield real
        finally:
            listening.cancel()
            await asyncio.wait([listening])
