"""The spectrogram that Whisper's encoder listens to, in numpy alone.

80 bands on Slaney's mel scale, a window of 25 ms every 10 ms, of sound at 16 kHz. Loud voices and quiet ones
look alike, since the waveform is brought to zero mean and unit variance first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

RATE = 16_000
BANDS = 80
_WINDOW = 400
_HOP = 160
_HERTZ_PER_MEL = 200 / 3
_BREAK_HERTZ = 1000.0
"""Up to here a mel is the same number of hertz everywhere; above it, the same ratio."""
_BREAK_MEL = _BREAK_HERTZ / _HERTZ_PER_MEL
_RATIO, _MELS_PER_RATIO = 6.4, 27
_QUIETEST = 1e-10
_DECADES = 8
"""Powers of ten below the loudest point that are still told apart."""


class LogMel:
    """Makes spectrograms of sounds of one length; whatever can be computed once is.

    Args:
        seconds: length of the sound in a spectrogram.
    """

    def __init__(self, seconds: float) -> None:
        import numpy

        self.frames = round(seconds * RATE) // _HOP
        """Columns of a spectrogram, one for each 10 ms."""
        self._samples = self.frames * _HOP
        self._window = numpy.hanning(_WINDOW + 1)[:-1].astype("f4")  # periodic, not symmetric
        self._filters = _filters().astype("f4")

    def of(self, audio: bytes) -> NDArray[numpy.float32]:
        """Return the spectrogram of the end of `audio` (s16le at 16 kHz), as (bands, frames).

        Silence is put before a sound that is too short.
        """
        import numpy

        sound = numpy.frombuffer(audio, "<i2")[-self._samples :]
        wave = numpy.zeros(self._samples, "f4")
        wave[self._samples - len(sound) :] = sound
        wave /= 32768
        wave = (wave - wave.mean()) / numpy.sqrt(wave.var() + 1e-7)
        padded = numpy.pad(wave, _WINDOW // 2, mode="reflect")  # so that windows are centred
        windows = numpy.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP][: self.frames]
        spectrum = numpy.fft.rfft(windows * self._window)
        power = (spectrum.real**2 + spectrum.imag**2).astype("f4")
        loudness = numpy.log10(numpy.maximum(self._filters @ power.T, _QUIETEST))
        loudness = numpy.maximum(loudness, loudness.max() - _DECADES)
        features: NDArray[numpy.float32] = ((loudness + 4) / 4).astype("f4")
        return features


def _filters() -> NDArray[numpy.float64]:
    """Return what each band takes of each frequency, as (bands, frequencies): triangles of equal area."""
    import numpy

    highest = _BREAK_MEL + _MELS_PER_RATIO * numpy.log(RATE / 2 / _BREAK_HERTZ) / numpy.log(_RATIO)
    mels = numpy.linspace(0, highest, BANDS + 2)
    above = _BREAK_HERTZ * _RATIO ** ((mels - _BREAK_MEL) / _MELS_PER_RATIO)
    edges = numpy.where(mels < _BREAK_MEL, mels * _HERTZ_PER_MEL, above)[:, None]
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    frequencies = numpy.linspace(0, RATE / 2, _WINDOW // 2 + 1)
    sides = numpy.minimum((frequencies - low) / (middle - low), (high - frequencies) / (high - middle))
    filters: NDArray[numpy.float64] = numpy.maximum(sides, 0) * 2 / (high - low)
    return filters
