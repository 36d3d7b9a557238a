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
_BANDS = slice(4, 256)
_BAND_WIDTH = 12


def melody(audio: bytes) -> tuple[float, ...] | None:
    """Return the `FEATURES` of sound that ends in a pause (s16le at 16 kHz, mono); None if it is too short.

    Each describes the sound up to the last frame that is loud enough to be speech: `level_end` is the mean
    level of its last 0.1 s in dB relative to the loud frames; `level_slope` the trend of the level in its
    last second, in dB/s; `timbre_change` the change of the spectrum from frame to frame in its last 0.2 s,
    less the mean in all speech, in nepers per 10 ms; `speech_share` the share of speech in its last 3 s;
    `syllables` the number of peaks of the level in its last second.
    """
    import numpy

    sound = numpy.frombuffer(audio, "<i2", len(audio) // 2)[-round(SECONDS * RATE) :] / 32768.0
    if len(sound) < _SHORTEST:
        return None
    sound = numpy.pad(sound - sound.mean(), _WINDOW // 2)
    frames = numpy.lib.stride_tricks.sliding_window_view(sound, _WINDOW)[::_HOP]
    levels = 10 * numpy.log10((frames**2).mean(1) + 1e-9)
    floor, top = numpy.percentile(levels, (5, 90))
    is_speech = levels > max(floor + (top - floor) * _LEAST_SHARE, top - _MOST_DECIBELS)
    if not is_speech.any():
        return None
    spoken = numpy.flatnonzero(is_speech)
    end = int(spoken[-1]) + 1
    change = _timbre_change(frames)
    return (
        float(levels[max(0, end - 10) : end].mean() - top),
        _slope(levels[max(0, end - 100) : end]),
        float(change[max(0, end - 20) : end].mean() - change[spoken[spoken < len(change)]].mean()),
        float(is_speech[max(0, end - 300) : end].mean()),
        float(_peaks(levels, top)[max(0, end - 100) : end].sum()),
    )


def _timbre_change(frames: NDArray[numpy.float64]) -> Levels:
    """Return by how much the logarithm of each frame's spectrum differs from the frame before, on average."""
    import numpy

    window = numpy.hanning(_WINDOW).astype("f4")
    spectrum = numpy.abs(numpy.fft.rfft(frames.astype("f4") * window, _SPECTRUM))[:, _BANDS]
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
