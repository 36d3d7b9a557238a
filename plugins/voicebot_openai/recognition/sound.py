"""Sound that waits for transcription: silence before it is left out, and long speech is cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from voicebot import AudioFormat

SHORTEST = 0.1
"""Seconds of sound that the service transcribes; it refuses less."""
LONGEST = 25.0
"""Seconds of speech in one piece: Whisper's window is 30 s, and a short rest is transcribed sooner."""
_SHARE = 0.4
"""Share at the end of a piece in which to look for the quietest place to cut."""
_PRE_ROLL = 0.3
"""Seconds of silence to keep before speech."""
_AUDIBLE = 30
"""Samples above this (of 32,767) may be speech; a microphone in a quiet room is hardly below it."""
_FRAME = 0.02
_GAP_FRAMES = 10
_BLOCK = 1.0


class LeadingSilence:
    """Passes sound on from shortly before the first audible sample; `reset` makes it wait for the next."""

    def __init__(self, format: AudioFormat) -> None:
        import numpy

        self._numpy: Any = numpy
        self._keep = format.bytes_in(_PRE_ROLL)
        self._held = b""
        self.open = False
        """Whether anything audible has come."""

    def write(self, audio: bytes) -> bytes:
        """Return what to pass on."""
        if self.open:
            return audio
        samples = self._numpy.frombuffer(audio, dtype="<i2").astype("<i4")
        loud = self._numpy.flatnonzero(abs(samples) > _AUDIBLE)
        start = 2 * int(loud[0]) if len(loud) else len(audio)
        if start >= self._keep:
            self._held = audio[start - self._keep : start]
        else:
            self._held = (self._held + audio[:start])[-self._keep :]
        if not len(loud):
            return b""
        held, self._held, self.open = self._held, b"", True
        return held + audio[start:]

    def reset(self) -> None:
        """Wait for the next audible sample."""
        self.open = False


class PendingSound:
    """Collects sound until it is taken, in pieces that are not too long."""

    def __init__(self, format: AudioFormat, longest: float = LONGEST) -> None:
        self._format = format
        self._longest = format.bytes_in(longest)
        self._frame = format.bytes_in(_FRAME)
        self._silence = LeadingSilence(format)
        self._sound = bytearray()

    def write(self, audio: bytes) -> bytes:
        """Add sound; return a piece that is complete, empty if there is none."""
        self._sound += self._silence.write(audio)
        if len(self._sound) < self._longest:
            return b""
        cut = self._quiet_place()
        piece = bytes(self._sound[:cut])
        rest = bytes(self._sound[cut:])
        self._sound.clear()
        self._silence.reset()
        self._sound += self._silence.write(rest)
        return piece

    def take(self) -> bytes:
        """Return the rest for transcription; empty, and kept, if it is too short or silent."""
        if len(self._sound) < self._format.bytes_in(SHORTEST):
            return b""
        sound = bytes(self._sound)
        self._sound.clear()
        self._silence.reset()
        return sound

    def _quiet_place(self) -> int:
        """Return the middle of the quietest fifth of a second near the end."""
        import numpy

        first = int(len(self._sound) * (1 - _SHARE)) // self._frame * self._frame
        samples = numpy.frombuffer(bytes(self._sound[first:]), dtype="<i2").astype("<f4")
        per_frame = self._frame // 2
        frames = len(samples) // per_frame
        energy = (samples[: frames * per_frame].reshape(frames, per_frame) ** 2).mean(axis=1)
        sums = numpy.convolve(energy, numpy.ones(_GAP_FRAMES), mode="valid")
        return first + (int(sums.argmin()) + _GAP_FRAMES // 2) * self._frame


def blocks(audio: bytes, format: AudioFormat) -> Iterator[bytes]:
    """Yield sound in blocks of at most a second, so that no block takes long."""
    size = format.bytes_in(_BLOCK)
    for start in range(0, len(audio), size):
        yield audio[start : start + size]
