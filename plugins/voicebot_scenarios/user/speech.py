"""What the user says, as sound, with the times at which words have been said."""

from __future__ import annotations

import array
import asyncio
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from voicebot import AudioChunk, AudioFormat, ProviderError, Resampler, Synthesizer, Utterance
from voicebot_scenarios.scenario import Pause

MICROPHONE = AudioFormat(16_000)
_LOUD = 3_000
"""Samples of the sound that stands for words."""
_QUIET = 0.01
"""Share of the loudest sample below which the beginning and end of speech are silent."""
_LONGEST = 120.0
"""Real seconds that a synthesizer may take for a text."""


@dataclass(frozen=True, slots=True)
class SaidWord:
    """A word, and when it has been said: seconds from the beginning of the turn."""

    text: str
    at: float


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """The sound of a turn (s16le at 16 kHz), which begins and ends with speech.

    `words` is empty if only a recogniser can tell them. `pauses` are the beginnings and ends of the pauses,
    in seconds from the beginning of the turn.
    """

    audio: bytes
    pauses: tuple[tuple[float, float], ...] = ()
    words: tuple[SaidWord, ...] = ()

    @property
    def seconds(self) -> float:
        """How long it is."""
        return MICROPHONE.seconds_in(len(self.audio))


def from_words(pieces: Sequence[str | Pause], words_per_second: float) -> SpokenTurn:
    """Return a turn whose sound is only loud where there are words, for a detector of loudness."""
    sound, said = _Sound(), list[SaidWord]()
    for piece in pieces:
        if isinstance(piece, Pause):
            sound.pause(piece.pause)
            continue
        begins = sound.seconds
        sound.audio += _loud(len(piece.split()) / words_per_second)
        said += _timed(piece, begins, sound.seconds)
    return SpokenTurn(bytes(sound.audio), tuple(sound.pauses), tuple(said))


async def from_voice(
    pieces: Sequence[str | Pause], synthesizer: Synthesizer[Any], language: str, *, understood: bool
) -> SpokenTurn:
    """Return a turn that a started synthesizer speaks; pauses are exact, since its silence is cut off.

    Args:
        understood: whether the words are to be told.

    Raises:
        ProviderError: it does not speak.
    """
    sound, said = _Sound(), list[SaidWord]()
    for piece in pieces:
        if isinstance(piece, Pause):
            sound.pause(piece.pause)
            continue
        begins = sound.seconds
        try:
            async with asyncio.timeout(_LONGEST):
                sound.audio += await _spoken(piece, synthesizer, language)
        except TimeoutError:
            raise ProviderError(
                f"the voice of the user takes more than {_LONGEST:g} s for {piece!r}"
            ) from None
        said += _timed(piece, begins, sound.seconds)
    return SpokenTurn(bytes(sound.audio), tuple(sound.pauses), tuple(said) if understood else ())


def _timed(text: str, begins: float, ends: float) -> Iterator[SaidWord]:
    """Yield the words of a text; each takes its share of the time, by its letters."""
    words, done = text.split(), 0
    letters = sum(len(word) + 1 for word in words)
    for word in words:
        done += len(word) + 1
        yield SaidWord(word, begins + (ends - begins) * done / letters)


class _Sound:
    """A turn while it is made."""

    def __init__(self) -> None:
        self.audio = bytearray()
        self.pauses: list[tuple[float, float]] = []

    @property
    def seconds(self) -> float:
        return MICROPHONE.seconds_in(len(self.audio))

    def pause(self, seconds: float) -> None:
        begins = self.seconds
        self.audio += bytes(MICROPHONE.bytes_in(seconds))
        self.pauses.append((begins, self.seconds))


async def _spoken(text: str, synthesizer: Synthesizer[Any], language: str) -> bytes:
    resampler, audio = Resampler(synthesizer.output_format, MICROPHONE), bytearray()
    async for event in synthesizer.synthesize(Utterance(text, language)):
        if isinstance(event, AudioChunk):
            audio += resampler.write(event.audio)
    audio += resampler.flush()
    if not (trimmed := _trimmed(bytes(audio))):
        raise ProviderError(f"the voice of the user says nothing for {text!r}")
    return trimmed


def _trimmed(audio: bytes) -> bytes:
    """Return sound without the silence at its beginning and end; nothing if all of it is silent."""
    samples = array.array("h", audio)
    if sys.byteorder == "big":
        samples.byteswap()
    threshold = max(map(abs, samples), default=0) * _QUIET
    loud = [index for index, sample in enumerate(samples) if abs(sample) > threshold]
    return audio[loud[0] * 2 : (loud[-1] + 1) * 2] if loud else b""


def _loud(seconds: float) -> bytes:
    pair = _LOUD.to_bytes(2, "little", signed=True) + (-_LOUD).to_bytes(2, "little", signed=True)
    size = MICROPHONE.bytes_in(seconds)
    return (pair * (size // 4 + 1))[:size]
