"""Voice activity that is computed once for the same sound, however often it is heard."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from voicebot import Choice, VoiceActivity, VoiceActivityDetector, VoiceActivityOptions

_Memory = dict[bytes, float]
"""The probability of a frame, by a digest of all sound up to its end."""


class RememberedChoice(Choice[VoiceActivityDetector[Any]]):
    """The choice of a detector that remembers what it said of the same sound, in whatever conversation."""

    __slots__ = ("_memory",)

    def __init__(self, choice: Choice[Any]) -> None:
        super().__init__(choice.registration, choice.options)
        self._memory: _Memory = {}

    def make(self) -> VoiceActivityDetector[Any]:
        """Return a new detector, not started yet."""
        return RememberedDetector(super().make(), self._memory)


class RememberedDetector(VoiceActivityDetector[VoiceActivityOptions]):
    """Asks another detector about sound that is not in the memory yet."""

    def __init__(self, detector: VoiceActivityDetector[Any], memory: _Memory) -> None:
        super().__init__(detector.options)
        self._detector, self._memory = detector, memory
        self.input_format, self.frame_bytes = detector.input_format, detector.frame_bytes

    async def start(self) -> None:
        """Start the other detector."""
        await self._detector.start()

    async def aclose(self) -> None:
        """Close it."""
        await self._detector.aclose()

    def detect(self) -> VoiceActivity:
        """Return a new detector for one conversation."""
        return _Remembered(self._detector, self._memory)


class _Remembered(VoiceActivity):
    def __init__(self, detector: VoiceActivityDetector[Any], memory: _Memory) -> None:
        self._detector, self._memory = detector, memory
        self._digest = b""
        self._asked: VoiceActivity | None = None
        self._unasked: list[bytes] = []
        """The frames before the first that was not in the memory."""

    def probability(self, frame: bytes) -> float:
        """Return how likely the next frame is speech, 0 to 1."""
        self._digest = blake2b(self._digest + frame, digest_size=16).digest()
        known = self._memory.get(self._digest)
        if self._asked is None:
            if known is not None:
                self._unasked.append(frame)
                return known
            self._asked = self._detector.detect()
            for earlier in self._unasked:  # its answer depends on what it heard before
                self._asked.probability(earlier)
            self._unasked.clear()
        found = self._asked.probability(frame)
        self._memory[self._digest] = found
        return found

    def close(self) -> None:
        """Release what the detector holds."""
        if self._asked is not None:
            self._asked.close()
