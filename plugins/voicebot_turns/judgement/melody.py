"""How speech sounds before a pause, in two numbers: how drawn out its end is, and how long it has gone on.

A drawn-out sound, which holds the turn, keeps its timbre. Who has spoken for more than a few seconds is
telling something, and makes longer pauses. On the recordings that were used, level, pitch,
the rate of speech and its share of the time told little within a source, and mostly knew one from another.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Levels = NDArray[numpy.float64]

RATE = 16_000
SECONDS = 8.0
"""How much of the latest sound is analysed at most."""
FEATURES = ("timbre_change", "length")
_HOP, _WINDOW, _SPECTRUM = 160, 640, 1024
_SHORTEST = RATE // 5
_LEAST_SHARE, _MOST_DECIBELS = 0.35, 30.0
"""Speech is louder than this share of the way from the quietest to the loudest, and not this far below."""
_LATEST = 300
"""Frames of the last 3 s."""
_LONG = 5.0
"""Seconds that few commands and questions exceed."""
_BANDS = slice(4, 256)
_BAND_WIDTH = 12


def melody(audio: bytes) -> tuple[float, ...] | None:
    """Return the `FEATURES` of sound that ends in a pause (s16le at 16 kHz, mono); None if it is too short.

    Each describes the sound up to the last frame that is loud enough to be speech: `timbre_change` is the
    change of the spectrum from frame to frame in its last 0.2 s, less the mean in the speech of its last 3 s,
    in nepers per 10 ms; `length` the natural logarithm of the seconds since its first such frame, over 5 s,
    and 0 for less.
    """
    import numpy

    sound = numpy.frombuffer(audio, "<i2", len(audio) // 2)[-round(SECONDS * RATE) :] / 32768.0
    if len(sound) < _SHORTEST:
        return None
    sound = numpy.pad(sound - sound.mean(), _WINDOW // 2)
    levels = _levels(sound)
    floor, top = numpy.percentile(levels, (5, 90))
    is_speech = levels > max(floor + (top - floor) * _LEAST_SHARE, top - _MOST_DECIBELS)
    if not is_speech.any():
        return None
    spoken = numpy.flatnonzero(is_speech)
    first, end = int(spoken[0]), int(spoken[-1]) + 1
    begin = max(0, end - _LATEST)
    change = _timbre_change(sound[begin * _HOP : end * _HOP + _WINDOW])
    return (
        float(change[-20:].mean() - change[is_speech[begin:end]].mean()),
        length_feature((end - first) * _HOP / RATE),
    )


def length_feature(seconds: float) -> float:
    """Return the number `length` for speech of so many seconds."""
    return math.log(max(seconds, _LONG) / _LONG)


def _levels(sound: NDArray[numpy.float64]) -> Levels:
    """Return the levels in dB of all frames but the last, after which the timbre cannot change."""
    import numpy

    hops = sound[: len(sound) // _HOP * _HOP].reshape(-1, _HOP)
    energy = numpy.convolve((hops**2).sum(1), numpy.ones(_WINDOW // _HOP), "valid")
    return 10 * numpy.log10(energy[:-1] / _WINDOW + 1e-9)


def _timbre_change(sound: NDArray[numpy.float64]) -> Levels:
    """Return by how much the logarithm of each frame's spectrum differs from the next one's, on average."""
    import numpy

    window = numpy.hanning(_WINDOW).astype("f4")
    frames = numpy.lib.stride_tricks.sliding_window_view(sound, _WINDOW)[::_HOP].astype("f4")
    spectrum = numpy.abs(numpy.fft.rfft(frames * window, _SPECTRUM))[:, _BANDS]
    bands = spectrum.reshape(len(frames), -1, _BAND_WIDTH).sum(2)
    change: Levels = numpy.abs(numpy.diff(numpy.log(bands + 1e-3), axis=0)).mean(1)
    return change
