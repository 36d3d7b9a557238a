"""The log-mel spectrogram that Whisper's encoder takes, in numpy alone.

80 bands on Slaney's mel scale, from windows of 25 ms, one every 10 ms, of sound at 16 kHz. Loud and quiet
voices look alike, since the waveform is first normalized to zero mean and unit variance.
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
"""Below this frequency, a mel is always the same number of Hz; above it, always the same ratio."""
_BREAK_MEL = _BREAK_HERTZ / _HERTZ_PER_MEL
_RATIO, _MELS_PER_RATIO = 6.4, 27
_QUIETEST = 1e-10
_DECADES = 8
"""Powers of ten below the loudest point that are kept apart; what is quieter is raised to that."""


class LogMel:
    """Computes spectrograms of a fixed length.

    Args:
        seconds: the length of the sound in a spectrogram.
    """

    def __init__(self, seconds: float) -> None:
        import numpy

        self.frames = round(seconds * RATE) // _HOP
        """Columns of a spectrogram, one every 10 ms."""
        self._samples = self.frames * _HOP
        self._window = numpy.hanning(_WINDOW + 1)[:-1].astype("f4")  # periodic, not symmetric
        self._filters = _filters().astype("f4")

    def of(self, audio: bytes) -> NDArray[numpy.float32]:
        """Return the spectrogram of the end of `audio` (s16le at 16 kHz) in the shape (bands, frames).

        Sound that is too short is preceded by silence.
        """
        import numpy

        sound = numpy.frombuffer(audio, "<i2")[-self._samples :]
        wave = numpy.zeros(self._samples, "f4")
        wave[self._samples - len(sound) :] = sound
        wave /= 32768
        wave = (wave - wave.mean()) / numpy.sqrt(wave.var() + 1e-7)
        padded = numpy.pad(wave, _WINDOW // 2, mode="reflect")  # so that the windows are centred
        windows = numpy.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP][: self.frames]
        spectrum = numpy.fft.rfft(windows * self._window)
        power = (spectrum.real**2 + spectrum.imag**2).astype("f4")
        loudness = numpy.log10(numpy.maximum(self._filters @ power.T, _QUIETEST))
        loudness = numpy.maximum(loudness, loudness.max() - _DECADES)
        features: NDArray[numpy.float32] = ((loudness + 4) / 4).astype("f4")
        return features


def _filters() -> NDArray[numpy.float64]:
    """Return the weight of each frequency in each band, (bands, frequencies): triangles of equal area."""
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
