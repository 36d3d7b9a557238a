"""Frames that a real voice activity detector takes for speech: vowels on a gliding pitch."""

from __future__ import annotations

from typing import Any

from scripted_work import FRAME_SECONDS, HEARD_RATE

_SYLLABLE_SECONDS = 0.2


def spoken_frames(seconds: float, seed: int = 1) -> list[bytes]:
    """Return frames whose first byte is not 0, as the scripted recogniser expects of speech."""
    import numpy

    samples = _voice(seconds, seed)
    size = round(HEARD_RATE * FRAME_SECONDS)
    samples[::size] |= numpy.int16(1)
    return [samples[start : start + size].tobytes() for start in range(0, len(samples), size)]


def _voice(seconds: float, seed: int) -> Any:
    import numpy

    random = numpy.random.default_rng(seed)
    at = numpy.arange(round(HEARD_RATE * seconds)) / HEARD_RATE
    phase = 2 * numpy.pi * numpy.cumsum(120 + 15 * numpy.sin(2 * numpy.pi * 3 * at)) / HEARD_RATE
    source = sum(numpy.cos(number * phase) for number in range(1, 30))
    size = round(_SYLLABLE_SECONDS * HEARD_RATE)
    syllables = [_vowel(source[start : start + size], random) for start in range(0, len(at), size)]
    sound = numpy.concatenate(syllables)
    return (sound / abs(sound).max() * 8000).astype("<i2")


def _vowel(source: Any, random: Any) -> Any:
    """Give a harmonic sound three formants."""
    import numpy

    hertz = numpy.fft.rfftfreq(len(source), 1 / HEARD_RATE)
    formants = random.uniform(300, 800), random.uniform(900, 2200), random.uniform(2300, 3200)
    strengths = 1.0, 0.5, 0.25
    shape = sum(
        strength * numpy.exp(-(((hertz - formant) / 100) ** 2))
        for formant, strength in zip(formants, strengths, strict=True)
    )
    return numpy.fft.irfft(numpy.fft.rfft(source) * shape, len(source)) * numpy.hanning(len(source)) ** 0.3
