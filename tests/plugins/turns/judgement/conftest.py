"""Sounds whose melody is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy
import pytest

RATE = 16_000
Tone = Callable[..., bytes]


def make_tone(levels: list[float], *, gaps: float = 0.0) -> bytes:
    """Return 0.1 s of a harmonic tone for each level in dB, then 0.25 s of silence.

    Args:
        gaps: seconds at the end of each 0.2 s that are 30 dB quieter, as between syllables.
    """
    at = numpy.arange(len(levels) * RATE // 10) / RATE
    wave = sum(numpy.sin(2 * numpy.pi * 120 * overtone * at) / overtone for overtone in range(1, 20))
    decibels = numpy.repeat(levels, RATE // 10) - 30 * (at % 0.2 > 0.2 - gaps)
    noise = numpy.random.default_rng(1).normal(0, 3, len(at) + RATE // 4)
    sound = noise
    sound[: len(at)] += 3000 * wave * 10 ** (decibels / 20)
    return sound.astype("<i2").tobytes()


@pytest.fixture(name="tone", scope="session")
def tone_maker() -> Tone:
    """Return what makes tones."""
    return make_tone
