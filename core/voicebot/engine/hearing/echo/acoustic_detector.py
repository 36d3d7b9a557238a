"""Whether what the microphone hears is the bot's own voice, by the sound of it.

Words alone do not tell: a recogniser garbles an echo, and voice activity comes before any word. But an echo
rises and falls as what was played a moment before, in each band of frequencies, whatever the room does to it.
"""

from __future__ import annotations

from typing import Any

from voicebot.audio import AudioFormat

BLOCK = 0.01
"""Seconds of sound that are compared at a time."""
_COMPARED = 40
_LATEST = 50
"""Blocks of sound that are compared, and by how many an echo may be late."""
_WINDOW = 0.032
_BANDS = (200, 300, 400, 510, 630, 770, 920, 1080, 1270, 1480, 1720, 2000, 2320, 2700, 3150, 3700)
"""Limits of the bands in Hz, about as wide as those of an ear."""
_LOUDNESS = 0.25
"""The power of a sound that its loudness goes by, so that faint parts count beside strong ones."""
_ALIKE, _ALONE = 0.6, 0.8
"""How alike an echo is at least, 1 being the same: another voice seldom comes to 0.5, an echo in a room has
0.6 to 0.9. From 0.8 on, hardly anything else can be in it."""
_ENOUGH, _SOUNDS = 24, 0.3
"""How many of the compared blocks must sound for certainty, this share as loud as the loudest."""
_LOUDEST = 3.0
"""How many times the loudness of what was played an echo may have (about 20 dB): what is much louder than the
faint end of a word is no echo of it."""


class EchoBySound:
    """Compares what is heard with what was played in the last half second.

    Args:
        microphone: format of what is heard.
        speaker: format of what is played.
    """

    def __init__(self, microphone: AudioFormat, speaker: AudioFormat) -> None:
        self._microphone = microphone
        self._speaker = speaker
        self.likeness = 0.0
        """How alike what was heard was to what was played when they were compared last."""
        self.forget()
        self._quiet = _COMPARED + _LATEST

    def hear(self, heard: bytes, played: bytes, blocks: int = 1) -> None:
        """Take the next blocks (of 10 ms) of what is heard, and of what was played meanwhile."""
        self._heard.add(heard, blocks)
        self._played.add(played, blocks)
        self._quiet = 0 if played.strip(b"\0") else self._quiet + blocks

    @property
    def may_be_heard(self) -> bool:
        """Whether anything was played of which an echo could be heard now."""
        return self._quiet < _COMPARED + _LATEST

    def forget(self) -> None:
        """Begin anew."""
        self._heard = _Recent(self._microphone, _COMPARED)
        self._played = _Recent(self._speaker, _COMPARED + _LATEST)

    def is_heard(self) -> bool:
        """Return whether what is heard now is an echo, for the most part; takes a millisecond."""
        return self._compare() >= _ALIKE

    def is_alone(self) -> bool:
        """Return whether hardly anything but an echo can be in what is heard now."""
        return self._compare() >= _ALONE

    @property
    def is_certain(self) -> bool:
        """Whether enough was heard to be certain by it: any two sounds that have just begun are alike."""
        loudness = self._heard.loudness().sum(axis=1)
        return int((loudness > _SOUNDS * loudness.max()).sum()) >= _ENOUGH

    def _compare(self) -> float:
        self.likeness = self._alike() if self.may_be_heard else 0.0
        return self.likeness

    def _alike(self) -> float:
        """Return how alike what is heard is to what was played, at the delay at which it is most."""
        import numpy

        heard, played = _without_volume(self._heard.loudness()), _without_volume(self._played.loudness())
        heard = heard - heard.mean(axis=0)
        windows = numpy.lib.stride_tricks.sliding_window_view(played, _COMPARED, axis=0)
        common = numpy.einsum("dbk,kb->d", windows, heard)
        sums = _sums(played)
        energies = _sums((played**2).sum(axis=1)) - (sums**2).sum(axis=1) / _COMPARED
        energy = (heard**2).sum()
        sizes = numpy.sqrt(numpy.maximum(energies, energy / _LOUDEST**2) * energy)
        return float((common / numpy.maximum(sizes, 1e-3)).max())


class _Recent:
    """The latest sound, as far as it is compared."""

    def __init__(self, sound: AudioFormat, blocks: int) -> None:
        self._window = round(sound.rate * _WINDOW)
        self._step = sound.bytes_in(BLOCK) // 2
        self._limits = [round(limit * self._window / sound.rate) for limit in _BANDS]
        self._blocks = self._new = blocks
        self._most = 2 * (self._window + (blocks - 1) * self._step)
        self._sound = bytearray()
        self._loudness: Any = None

    def add(self, audio: bytes, blocks: int) -> None:
        self._sound += audio
        if len(self._sound) > 2 * self._most:
            del self._sound[: -self._most]
        self._new = min(self._new + blocks, self._blocks)

    def loudness(self) -> Any:
        """Return how loud each block is in each band: blocks by bands."""
        import numpy

        new, self._new = self._new, 0
        if not new:
            return self._loudness
        size = self._window + (new - 1) * self._step
        sound = bytes(self._sound[-2 * size :]).rjust(2 * size, b"\0")
        samples = numpy.frombuffer(sound, dtype="<i2").astype(numpy.float32)
        windows = numpy.lib.stride_tricks.sliding_window_view(samples, self._window)[:: self._step]
        spectra = numpy.abs(numpy.fft.rfft(windows * numpy.hanning(self._window))) ** 2
        bands = numpy.add.reduceat(spectra, self._limits, axis=1)[:, :-1]
        loudness = ((bands / self._window) ** _LOUDNESS).astype(numpy.float32)
        if new < self._blocks:
            loudness = numpy.concatenate((self._loudness[new:], loudness))
        self._loudness = loudness
        return loudness


def _without_volume(loudness: Any) -> Any:
    """Leave of each moment how it sounds, whatever the volume."""
    return loudness - loudness.mean(axis=1, keepdims=True)


def _sums(values: Any) -> Any:
    """Return the sums of as many blocks as are compared, from each block on."""
    import numpy

    until = numpy.concatenate(
        (numpy.zeros_like(values[:1]), numpy.cumsum(values, axis=0, dtype=numpy.float64))
    )
    return until[_COMPARED:] - until[:-_COMPARED]
