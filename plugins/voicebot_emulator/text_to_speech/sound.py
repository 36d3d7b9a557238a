"""The sound of the emulated voices: a tone that pulses with the words, or a real voice."""

from __future__ import annotations

import re
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, assert_never
from unicodedata import category

from voicebot import AudioChunk, AudioFormat, Resampler, Synthesizer, Utterance, WordTiming
from voicebot_emulator.text_to_speech.ssml import Part

_PITCH = {"Female": 220.0, "Male": 130.0, "Neutral": 170.0}
_LOUDNESS = 4000
_FADE = 0.008  # seconds; without it, a tone clicks
_SELECTORS = "\ufe0e\ufe0f"
"""Variation selectors, which choose how an emoji looks."""
_PIECE = re.compile(r"\w[\w'\u2019-]{0,199}|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Boundary:
    """A word or a punctuation mark begins `at` seconds into the sound."""

    text: str
    at: float
    seconds: float
    kind: Literal["WordBoundary", "PunctuationBoundary"]


Sound: TypeAlias = bytes | Boundary


class Speaker:
    """Makes the sound of one utterance, s16le in the format that the client asked for.

    Args:
        voice: the real voice; None for a tone.
        characters_per_second: the pace of the tone.
    """

    def __init__(
        self, format: AudioFormat, voice: Synthesizer[Any] | None, *, characters_per_second: float
    ) -> None:
        self._format = format
        self._voice = voice
        self._pace = characters_per_second
        self.seconds = 0.0
        """Seconds of sound made so far."""

    async def speak(self, part: Part) -> AsyncIterator[Sound]:
        """Yield boundaries, each before its sound, and sound."""
        for piece in part.pieces:
            if isinstance(piece, float):
                yield self._made(bytes(self._format.bytes_in(piece)))
            elif self._voice is None:
                for sound in self._tones(piece, _PITCH[part.voice.gender]):
                    yield sound
            else:
                async with aclosing(self._voice.synthesize(Utterance(piece, part.language))) as events:
                    async for sound in self._real(events, piece):
                        yield sound
        if part.last and (silence := part.voice.family.trailing_silence):
            yield self._made(bytes(self._format.bytes_in(silence)))

    def _made(self, audio: bytes) -> bytes:
        self.seconds += self._format.seconds_in(len(audio))
        return audio

    def _tones(self, text: str, pitch: float) -> Iterator[Sound]:
        pieces = list(_pieces(text))
        ends = [*(start for start, _ in pieces[1:]), len(text)]
        for (start, piece), following in zip(pieces, ends, strict=False):
            seconds = (following - start) / self._pace
            word = piece[0].isalnum()
            yield Boundary(piece, self.seconds, seconds, "WordBoundary" if word else "PunctuationBoundary")
            sounding = len(piece) / self._pace if word else 0.0
            yield self._made(self._tone(pitch, sounding, seconds))

    def _tone(self, pitch: float, sounding: float, seconds: float) -> bytes:
        import numpy

        rate = self._format.rate
        time = numpy.arange(round(seconds * rate)) / rate
        envelope = numpy.clip(numpy.minimum(time, sounding - time) / _FADE, 0, 1)
        samples = _LOUDNESS * envelope * numpy.sin(2 * numpy.pi * pitch * time)
        audio: bytes = samples.astype("<i2").tobytes()
        return audio

    async def _real(self, events: AsyncIterator[Any], text: str) -> AsyncIterator[Sound]:
        assert self._voice is not None
        resampler = Resampler(self._voice.output_format, self._format)
        begun = self.seconds
        async for event in events:
            match event:
                case AudioChunk():
                    if audio := resampler.write(event.audio):
                        yield self._made(audio)
                case WordTiming():
                    word = text[event.offset : event.offset + event.length]
                    for _, piece in _pieces(word):
                        if piece[0].isalnum():
                            yield Boundary(piece, begun + event.at, 0.0, "WordBoundary")
                case _:
                    assert_never(event)
        if audio := resampler.flush():
            yield self._made(audio)


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Yield words and punctuation marks with their offsets; a vowel sign is part of its word."""
    lettered = "".join("x" if category(c)[0] == "M" and c not in _SELECTORS else c for c in text)
    for found in _PIECE.finditer(lettered):
        yield found.start(), text[found.start() : found.end()]


def riff_header(format: AudioFormat) -> bytes:
    """Return the header of a stream of unknown length."""
    unknown = 0xFFFFFFFF
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        *(b"RIFF", unknown, b"WAVE", b"fmt ", 16, 1, 1, format.rate, format.bytes_per_second, 2, 16),
        *(b"data", unknown),
    )
