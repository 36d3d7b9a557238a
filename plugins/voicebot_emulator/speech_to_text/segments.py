"""Find where speech begins and ends in a stream of sound, in the sound's own time; sans-IO."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from voicebot import AudioFormat

FRAME_SECONDS = 0.02
_LOUD = 150
"""Least mean amplitude of a frame of speech; the noise of a quiet room is lower."""
_ONSET_FRAMES = 3
"""Frames of speech that begin a segment; a click is shorter."""
_FRAMES_BEFORE = 15
"""Frames before the beginning that the recogniser gets too."""


@dataclass(frozen=True, slots=True)
class Began:
    """Speech began at `at` seconds; `audio` is the sound so far, including a little from before."""

    at: float
    audio: bytes


@dataclass(frozen=True, slots=True)
class Continued:
    """Speech, or a pause in it, continues with this sound."""

    audio: bytes
    seconds: float
    """Length of the segment so far."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The segment ended; `waited` is the silence at its end, which is not part of `seconds`."""

    at: float
    seconds: float
    waited: float


@dataclass(frozen=True, slots=True)
class Silent:
    """Nothing was said for `seconds`, starting at `at`."""

    at: float
    seconds: float


Segment: TypeAlias = Began | Continued | Ended | Silent


def is_loud(frame: bytes) -> bool:
    """Return whether a frame is loud enough to be speech."""
    samples = memoryview(frame).cast("h")
    return sum(map(abs, samples)) > _LOUD * len(samples)


class Segments:
    """Finds segments of speech in sound that arrives in pieces.

    Args:
        silence: seconds of silence that end a segment.
        longest: seconds after which a segment ends even if speech goes on.
        patience: seconds without speech after which `Silent` is reported, repeatedly.
    """

    def __init__(self, sound: AudioFormat, *, silence: float, longest: float, patience: float) -> None:
        self._frame_bytes = sound.bytes_in(FRAME_SECONDS)
        self._silence, self._longest, self._patience = silence, longest, patience
        self._before: deque[bytes] = deque(maxlen=_FRAMES_BEFORE + _ONSET_FRAMES)
        self._rest = b""
        self._frames = 0
        self._run = 0
        self._begun: float | None = None
        self._last_speech = 0.0
        self._quiet_since = 0.0

    @property
    def now(self) -> float:
        """Seconds of sound so far."""
        return self._frames * FRAME_SECONDS

    @property
    def open(self) -> bool:
        """Whether a segment is open."""
        return self._begun is not None

    def hear(self, audio: bytes) -> Iterator[Segment]:
        """Process the next sound, and yield what is found in it."""
        audio = self._rest + audio
        whole = len(audio) // self._frame_bytes * self._frame_bytes
        self._rest = audio[whole:]
        for first in range(0, whole, self._frame_bytes):
            yield from self._frame(audio[first : first + self._frame_bytes])

    def end(self) -> Ended | None:
        """End the open segment now, if there is one."""
        if self._begun is None:
            return None
        begun, self._begun, self._run = self._begun, None, 0
        self._quiet_since = self.now
        return Ended(begun, self._last_speech - begun, self.now - self._last_speech)

    def _frame(self, frame: bytes) -> Iterator[Segment]:
        self._frames += 1
        self._run = self._run + 1 if is_loud(frame) else 0
        if self._run:
            self._last_speech = self.now
        if self._begun is not None:
            yield Continued(frame, self.now - self._begun)
            enough = self.now - self._last_speech >= self._silence - 1e-9
            if (enough or self.now - self._begun >= self._longest - 1e-9) and (ended := self.end()):
                yield ended
            return
        self._before.append(frame)
        if self._run == _ONSET_FRAMES:
            self._begun = self.now - _ONSET_FRAMES * FRAME_SECONDS
            yield Began(self._begun, b"".join(self._before))
            self._before.clear()
        elif self.now - self._quiet_since >= self._patience - 1e-9:
            silent = Silent(self._quiet_since, self.now - self._quiet_since)
            self._quiet_since = self.now
            yield silent
