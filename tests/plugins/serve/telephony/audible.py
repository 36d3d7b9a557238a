"""Providers whose sound survives a telephone: a voice that hums, and a user whose speech is a tone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import numpy

from voicebot import (
    AudioChunk,
    AudioFormat,
    FinalTranscript,
    Hints,
    Options,
    PartialTranscript,
    Recognition,
    RecognitionEvent,
    Recognizer,
    SynthesisEvent,
    Synthesizer,
    Utterance,
    VoiceActivity,
    VoiceActivityDetector,
    VoiceActivityOptions,
)

_RATE = 16000
_PER_CHARACTER = 0.06
_ENOUGH = AudioFormat(_RATE).bytes_in(0.33)


def tone(seconds: float, rate: int, hertz: float = 300) -> bytes:
    """Return a tone as s16le."""
    times = numpy.arange(round(seconds * rate)) / rate
    return (8000 * numpy.sin(2 * numpy.pi * hertz * times)).astype("<i2").tobytes()


def loudness(audio: bytes) -> float:
    """Return the greatest amplitude of s16le sound."""
    return float(abs(numpy.frombuffer(audio, "<i2").astype(int)).max(initial=0))


class HummingSynthesizer(Synthesizer[Options]):
    """Hums for as long as it would take to say the text."""

    output_format = AudioFormat(_RATE)

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream the sound in pieces of about a tenth of a second, which are no whole frames."""
        for _ in range(max(1, round(len(utterance.text) * _PER_CHARACTER * 10))):
            yield AudioChunk(tone(0.107, _RATE))


class LoudnessDetector(VoiceActivityDetector[VoiceActivityOptions]):
    """Takes everything loud for speech."""

    input_format = AudioFormat(_RATE)
    frame_bytes = AudioFormat(_RATE).bytes_in(0.02)

    def detect(self) -> VoiceActivity:
        """Return a detector."""
        return _Loudness()


class _Loudness(VoiceActivity):
    def probability(self, frame: bytes) -> float:
        return float(loudness(frame) > 1000)


class OneSentenceRecognizer(Recognizer[Options]):
    """Understands the same sentence in whatever it hears."""

    input_format = AudioFormat(_RATE)

    def __init__(self, sentence: str) -> None:
        super().__init__(Options())
        self._sentence = sentence

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        """Open a stream."""
        yield _OneSentence(self._sentence)


class _OneSentence(Recognition):
    def __init__(self, sentence: str) -> None:
        self._sentence = sentence
        self._loud = 0
        self._events = asyncio.Queue[RecognitionEvent | None]()

    async def write(self, audio: bytes) -> None:
        """Give the sentence as a partial transcript after a third of a second of speech."""
        before = self._loud
        self._loud += len(audio) if loudness(audio) > 1000 else 0
        if before < _ENOUGH <= self._loud:
            self._events.put_nowait(PartialTranscript(self._sentence))

    async def commit(self) -> None:
        self._loud = 0
        self._events.put_nowait(FinalTranscript(self._sentence))

    async def finish(self) -> None:
        self._events.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        while (event := await self._events.get()) is not None:
            yield event
