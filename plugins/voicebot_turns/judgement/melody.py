"""How speech sounds before a pause, in five numbers: loudness, its fall, timbre, and how dense it is.

Speakers become quieter towards the end of a turn, and less so before they go on; a drawn-out sound, which
holds the turn, keeps its timbre. Pitch did not help on the recordings that were used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Levels = NDArray[numpy.float64]

RATE = 16_000
SECONDS = 8.0
"""How much of the latest sound is analysed at most."""
FEATURES = ("level_end", "level_slope", "timbre_change", "speech_share", "syllables")
_HOP, _WINDOW, _SPECTRUM = 160, 640, 1024
_SHORTEST = RATE // 5
_LEAST_SHARE, _MOST_DECIBELS = 0.35, 30.0
"""Speech is louder than this share of the way from the quietest to the loudest, and not this far below."""
_LATEST = 300
"""Frames of the last 3 s."""
_BANDS = slice(4, 256)
_BAND_WIDTH = 12


def melody(audio: bytes) -> tuple[float, ...] | None:
    """Return the `FEATURES` of sound that ends in a pause (s16le at 16 kHz, mono); None if it is too short.

    Each describes the sound up to the last frame that is loud enough to be speech: `level_end` is the mean
    level of its last 0.1 s in dB relative to the loud frames; `level_slope` the trend of the level in its
    last second, in dB/s; `timbre_change` the change of the spectrum from frame to frame in its last 0.2 s,
    less the mean in the speech of its last 3 s, in nepers per 10 ms; `speech_share` the share of speech in
    these 3 s; `syllables` the number of peaks of the level in its last second.
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
    end = int(numpy.flatnonzero(is_speech)[-1]) + 1
    begin = max(0, end - _LATEST)
    change = _timbre_change(sound[begin * _HOP : end * _HOP + _WINDOW])
    return (
        float(levels[max(0, end - 10) : end].mean() - top),
        _slope(levels[max(0, end - 100) : end]),
        float(change[-20:].mean() - change[is_speech[begin:end]].mean()),
        float(is_speech[begin:end].mean()),
        float(_peaks(levels, top)[max(0, end - 100) : end].sum()),
    )


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


def _slope(levels: Levels) -> float:
    """Return the slope of the line that fits levels best, in dB/s."""
    import numpy

    seconds = (numpy.arange(len(levels)) - (len(levels) - 1) / 2) * _HOP / RATE
    spread = float((seconds**2).sum())
    return float((seconds * levels).sum()) / spread if spread else 0.0


def _peaks(levels: Levels, top: float) -> NDArray[numpy.bool_]:
    """Return which frames are peaks of the smoothed level, which are about as many as syllables."""
    import numpy

    smooth = numpy.convolve(levels, numpy.ones(5) / 5, "same")
    peaks = numpy.zeros(len(levels), bool)
    inner = smooth[1:-1]
    peaks[1:-1] = (inner > smooth[:-2]) & (inner >= smooth[2:]) & (inner > top - 15)
    return peaks
