"""Detects the bot's own voice in captured sound, by its sound.

Words are not enough: a recogniser garbles an echo, and voice activity is detected before any word. But in
each band of frequencies, an echo rises and falls like the sound that was played a moment earlier, in any
room.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from voicebot.audio import AudioFormat

BLOCK = 0.01
"""Seconds of sound that are compared as one."""
_COMPARED = 40
"""Blocks of captured sound that are compared."""
_MAX_DELAY = 50
"""Blocks by which an echo may be late."""
_WINDOW = 0.032
"""Seconds of the window whose spectrum is that of a block."""
_BAND_LIMITS = (200, 300, 400, 510, 630, 770, 920, 1080, 1270, 1480, 1720, 2000, 2320, 2700, 3150, 3700)
"""Limits of the bands in Hz, about as wide as the critical bands of hearing."""
_LOUDNESS_EXPONENT = 0.25
"""Loudness is this power of the energy, so that faint sounds count too."""
_SIMILAR, _ALMOST_THE_SAME = 0.6, 0.8
"""Similarity, 1 being the same sound. An echo in a room has 0.6 to 0.9, another voice seldom 0.5. From 0.8
on, the captured sound can hardly contain anything but the echo."""
_LOUD_SHARE, _MIN_LOUD_BLOCKS = 0.3, 24
"""A comparison is reliable with this many blocks that have this share of the loudness of the loudest."""
_MAX_GAIN = 3.0
"""An echo may be this many times as loud as the sound that was played (about 20 dB). Anything much louder
than the faint end of a word is not its echo."""


class AcousticEchoDetector:
    """Compares captured sound with the sound that was played in the last half second.

    Args:
        microphone: format of the captured sound.
        speaker: format of the sound that was played.
    """

    def __init__(self, microphone: AudioFormat, speaker: AudioFormat) -> None:
        self._microphone = microphone
        self._speaker = speaker
        self.similarity = 0.0
        """Result of the latest comparison."""
        self.reset()
        self._blocks_since_sound = _COMPARED + _MAX_DELAY

    def add(self, captured: bytes, played: bytes, blocks: int = 1) -> None:
        """Add blocks of 10 ms of captured sound, and of what was played at the same time."""
        self._captured.add(captured, blocks)
        self._played.add(played, blocks)
        self._blocks_since_sound = 0 if played.strip(b"\0") else self._blocks_since_sound + blocks

    @property
    def echo_possible(self) -> bool:
        """Whether anything was played whose echo could be captured now."""
        return self._blocks_since_sound < _COMPARED + _MAX_DELAY

    def reset(self) -> None:
        """Forget all sound."""
        self._captured = _Spectrogram(self._microphone, _COMPARED)
        self._played = _Spectrogram(self._speaker, _COMPARED + _MAX_DELAY)

    def is_echo(self) -> bool:
        """Return whether the captured sound is mostly an echo; takes a quarter of a millisecond."""
        return self._compare() >= _SIMILAR

    def is_only_echo(self) -> bool:
        """Return whether the captured sound can hardly contain anything but an echo."""
        return self._compare() >= _ALMOST_THE_SAME

    @property
    def has_enough_sound(self) -> bool:
        """Whether a comparison is reliable: any two sounds that have just begun are similar."""
        loudness = self._captured.loudness().sum(axis=1)
        return int((loudness > _LOUD_SHARE * loudness.max()).sum()) >= _MIN_LOUD_BLOCKS

    def _compare(self) -> float:
        self.similarity = self._best_correlation() if self.echo_possible else 0.0
        return self.similarity

    def _best_correlation(self) -> float:
        """Return the correlation of captured and played sound at the delay where it is highest."""
        import numpy

        captured = _without_volume(self._captured.loudness())
        played = _without_volume(self._played.loudness())
        captured = captured - numpy.add.reduce(captured, axis=0) / _COMPARED
        products = numpy.einsum("dkb,kb->d", _windows(played, _COMPARED), captured)
        sums = _sliding_sums(played)
        energies = _sliding_sums((played**2).sum(axis=1)) - (sums**2).sum(axis=1) / _COMPARED
        energy = (captured**2).sum()
        norms = numpy.sqrt(numpy.maximum(energies, energy / _MAX_GAIN**2) * energy)
        return float((products / numpy.maximum(norms, 1e-3)).max())


class _Spectrogram:
    """The loudness of the latest blocks of a sound, computed when it is asked for."""

    def __init__(self, audio_format: AudioFormat, blocks: int) -> None:
        self._window = round(audio_format.rate * _WINDOW)
        self._step = audio_format.bytes_in(BLOCK) // 2
        self._rate = audio_format.rate
        self._blocks = self._new = blocks
        self._max_bytes = 2 * (self._window + (blocks - 1) * self._step)
        self._audio = bytearray()
        self._loudness: Any = None

    def add(self, audio: bytes, blocks: int) -> None:
        self._audio += audio
        if len(self._audio) > 2 * self._max_bytes:
            del self._audio[: -self._max_bytes]
        self._new = min(self._new + blocks, self._blocks)

    def loudness(self) -> Any:
        """Return the loudness of each block in each band: an array of blocks by bands."""
        import numpy

        new, self._new = self._new, 0
        if not new:
            return self._loudness
        size = self._window + (new - 1) * self._step
        audio = bytes(self._audio[-2 * size :]).rjust(2 * size, b"\0")
        samples = numpy.frombuffer(audio, dtype="<i2").astype(numpy.float32)
        windows = _windows(samples, self._window, self._step)
        spectra = numpy.abs(numpy.fft.rfft(windows * _hann_window(self._window))) ** 2
        bands = numpy.add.reduceat(spectra, _band_indices(self._window, self._rate), axis=1)[:, :-1]
        loudness = ((bands / self._window) ** _LOUDNESS_EXPONENT).astype(numpy.float32)
        if new < self._blocks:
            loudness = numpy.concatenate((self._loudness[new:], loudness))
        self._loudness = loudness
        return loudness


@cache
def _hann_window(size: int) -> Any:
    import numpy

    return numpy.hanning(size)


@cache
def _band_indices(window: int, rate: int) -> list[int]:
    """Return where the bands begin in the spectrum of a window."""
    return [round(limit * window / rate) for limit in _BAND_LIMITS]


def _windows(values: Any, size: int, step: int = 1) -> Any:
    """Return overlapping windows of a contiguous array.

    numpy's `sliding_window_view` checks so much that it takes longer than comparing what it returns.
    """
    import numpy

    shape = ((len(values) - size) // step + 1, size, *values.shape[1:])
    first, *others = values.strides
    return numpy.ndarray(shape, values.dtype, values, strides=(first * step, first, *others))


def _without_volume(loudness: Any) -> Any:
    """Return how each block differs from its own mean: its timbre, at any volume."""
    import numpy

    return loudness - numpy.add.reduce(loudness, axis=1, keepdims=True) / loudness.shape[1]


def _sliding_sums(values: Any) -> Any:
    """Return the sum of `_COMPARED` blocks from each block on."""
    import numpy

    totals = numpy.concatenate(
        (numpy.zeros_like(values[:1]), numpy.cumsum(values, axis=0, dtype=numpy.float64))
    )
    return totals[_COMPARED:] - totals[:-_COMPARED]
