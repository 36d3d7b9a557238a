"""The log-mel spectrogram that Whisper's encoder takes, in numpy alone.

80 or 128 bands on Slaney's mel scale, from windows of 25 ms, one every 10 ms, of sound at 16 kHz.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

RATE = 16_000
HOP = 160
"""Samples from one frame to the next."""
_WINDOW = 400
_BLOCK = 16
"""Frames per multiplication: for more, OpenBLAS uses all cores, and waits for them longer than it works."""
_HERTZ_PER_MEL = 200 / 3
_BREAK_HERTZ = 1000.0
"""Below this frequency, a mel is always the same number of Hz; above it, always the same ratio."""
_BREAK_MEL = _BREAK_HERTZ / _HERTZ_PER_MEL
_RATIO, _MELS_PER_RATIO = 6.4, 27
_QUIETEST = 1e-10
_DECADES = 8
"""Powers of ten below the loudest point that are kept apart; what is quieter is raised to that."""


class LogMel:
    """Computes spectrograms with a number of bands."""

    def __init__(self, bands: int) -> None:
        import numpy

        self.bands = bands
        self._window = numpy.hanning(_WINDOW + 1)[:-1].astype("f4")  # periodic, not symmetric
        self._weights = numpy.ascontiguousarray(filters(bands).T.astype("f4"))

    def of(self, audio: bytes, frames: int) -> NDArray[numpy.float32]:
        """Return the spectrogram of `audio` (s16le at 16 kHz, a frame or more) in the shape (bands, frames).

        What is missing at its end is zero, which is neither silence nor sound to the model; sound that is
        too long is cut off.
        """
        import numpy

        features: NDArray[numpy.float32] = numpy.zeros((self.bands, frames), "f4")
        wave = numpy.frombuffer(audio, "<i2")[: frames * HOP].astype("f4") / 32768
        count = len(wave) // HOP
        padded = numpy.pad(wave, _WINDOW // 2, mode="reflect")  # so that the windows are centred
        windows = numpy.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::HOP][:count]
        spectrum = numpy.fft.rfft(windows * self._window)
        power = numpy.zeros((-(-count // _BLOCK), _BLOCK, _WINDOW // 2 + 1), "f4")
        power.reshape(-1, _WINDOW // 2 + 1)[:count] = spectrum.real**2 + spectrum.imag**2
        energy = numpy.matmul(power, self._weights).reshape(-1, self.bands)[:count].T
        loudness = numpy.log10(numpy.maximum(energy, _QUIETEST))
        features[:, :count] = (numpy.maximum(loudness, loudness.max() - _DECADES) + 4) / 4
        return features


def filters(bands: int) -> NDArray[numpy.float64]:
    """Return the weight of each frequency in each band, (bands, frequencies): triangles of equal area."""
    import numpy

    highest = _BREAK_MEL + _MELS_PER_RATIO * numpy.log(RATE / 2 / _BREAK_HERTZ) / numpy.log(_RATIO)
    mels = numpy.linspace(0, highest, bands + 2)
    above = _BREAK_HERTZ * _RATIO ** ((mels - _BREAK_MEL) / _MELS_PER_RATIO)
    edges = numpy.where(mels < _BREAK_MEL, mels * _HERTZ_PER_MEL, above)[:, None]
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    frequencies = numpy.linspace(0, RATE / 2, _WINDOW // 2 + 1)
    sides = numpy.minimum((frequencies - low) / (middle - low), (high - frequencies) / (high - middle))
    weights: NDArray[numpy.float64] = numpy.maximum(sides, 0) * 2 / (high - low)
    return weights
