"""Sound whose every sample can be identified, however loud it is played."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy

from voicebot import AudioFormat

SOUND = AudioFormat(8_000)
AMPLITUDE = 10_000
_SAMPLES = 400 * SOUND.rate
_KEY = 48
"""This many signs in a row occur only once."""
_GAIN = SOUND.bytes_in(0.01) // 2
"""Samples whose loudness is measured together."""


@lru_cache(maxsize=1)
def _tape() -> bytes:
    """Return the sign of each sample that a timeline can have, drawn at random: 1 for those below zero."""
    bits = random.Random(0).randbytes(_SAMPLES // 8)
    return numpy.unpackbits(numpy.frombuffer(bits, dtype="u1")).tobytes()


def sound(start: int, samples: int) -> bytes:
    """Return samples of the tape as s16le."""
    signs = numpy.frombuffer(_tape()[start : start + samples], dtype="u1")
    return ((1 - 2 * signs.astype("<i2")) * AMPLITUDE).astype("<i2").tobytes()


@dataclass(frozen=True, slots=True)
class Piece:
    """Samples of the tape from `start` on that were played at the second `at`, at an even loudness.

    `start` is -1 where they are of no tape.
    """

    at: float
    start: int
    samples: int
    gain: float

    @property
    def until(self) -> float:
        return self.at + self.samples / SOUND.rate


def decoded(at: float, audio: bytes, used: int) -> list[Piece]:
    """Return what was played from the second `at` on, of which so many samples of the tape were `used`."""
    values = numpy.frombuffer(audio, dtype="<i2").astype("i4")
    signs = (values < 0).astype("u1").tobytes()
    pieces: list[Piece] = []
    done = 0
    for last, gain in _levels(values):
        while done < last:
            after = pieces[-1].start + pieces[-1].samples if pieces else 0
            start, size = _matched(signs[done:last], after, used)
            pieces.append(Piece(at + done / SOUND.rate, start, size, gain))
            done += size
    return pieces


def _matched(signs: bytes, after: int, used: int) -> tuple[int, int]:
    """Return where on the tape signs begin, most likely `after` others, and how many of them go on there."""
    tape = _tape()
    key = signs[:_KEY]
    start = after if tape.startswith(key, after) else tape.find(key, 0, used)
    if start < 0:
        return -1, min(len(signs), _KEY)
    ours = numpy.frombuffer(signs, dtype="u1")
    theirs = numpy.frombuffer(tape[start : start + len(signs)], dtype="u1")
    wrong = numpy.flatnonzero(ours[: len(theirs)] != theirs)
    return start, int(wrong[0]) if len(wrong) else len(theirs)


def _levels(values: numpy.ndarray) -> list[tuple[int, float]]:
    """Return where the parts of samples end that are equally loud, and how loud they are."""
    loud = numpy.abs(values)
    edges = [int(edge) for edge in numpy.flatnonzero(numpy.diff(loud)) + 1]
    parts: list[tuple[int, float]] = []
    start = 0
    for first, last in pairwise([0, *edges, len(values)]):
        even = last - first > _KEY
        if even and start < first:
            parts.append((first, float(loud[start]) / AMPLITUDE))
            start = first
        if even or last - start >= _GAIN or last == len(values):  # else it swells or fades
            parts.append((last, float(loud[start]) / AMPLITUDE))
            start = last
    return parts
