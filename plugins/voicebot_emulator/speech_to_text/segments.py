"""Where speech begins and ends in a stream of sound, by the sound's own time; no clock and no I/O."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from voicebot import AudioFormat

FRAME_SECONDS = 0.02
_LOUD = 150
"""Mean amplitude of a frame of speech; the noise of a quiet room stays below."""
_ONSET_FRAMES = 3
"""Frames of speech that make a beginning; a click is shorter."""
_FRAMES_BEFORE = 15
"""Frames that a recogniser gets from before the beginning."""


@dataclass(frozen=True, slots=True)
class Began:
    """Speech began at `at` seconds; `audio` is the sound up to when that was sure, and a little before."""

    at: float
    audio: bytes


@dataclass(frozen=True, slots=True)
class Goes:
    """Speech, or a pause in it, goes on with this sound."""

    audio: bytes
    seconds: float
    """Length of the segment so far."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The segment is over; `waited` is the silence at its end, which is not part of `seconds`."""

    at: float
    seconds: float
    waited: float


@dataclass(frozen=True, slots=True)
class Silent:
    """Nothing was said for `seconds` from `at` on."""

    at: float
    seconds: float


Segment: TypeAlias = Began | Goes | Ended | Silent


def is_loud(frame: bytes) -> bool:
    """Return whether a frame sounds like speech, by its loudness alone."""
    samples = memoryview(frame).cast("h")
    return sum(map(abs, samples)) > _LOUD * len(samples)


class Segments:
    """Finds segments of speech in sound that comes piece by piece.

    Args:
        silence: seconds of silence that end a segment.
        longest: seconds after which a segment ends although speech goes on.
        patience: seconds without speech until `Silent`, again and again.
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
        """Seconds of sound heard so far."""
        return self._frames * FRAME_SECONDS

    @property
    def open(self) -> bool:
        """Whether a segment has begun and not ended."""
        return self._begun is not None

    def hear(self, audio: bytes) -> Iterator[Segment]:
        """Take in the next sound and tell what is in it."""
        audio = self._rest + audio
        whole = len(audio) // self._frame_bytes * self._frame_bytes
        self._rest = audio[whole:]
        for first in range(0, whole, self._frame_bytes):
            yield from self._frame(audio[first : first + self._frame_bytes])

    def end(self) -> Ended | None:
        """End the open segment here and now, if there is one."""
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
            yield Goes(frame, self.now - self._begun)
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
