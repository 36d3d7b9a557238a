"""When the user's sound came, and what is missing of it.

Sound that waited while the process or the network stood still comes late, in a burst, and is still all there.
Only sound that never comes leaves a gap, and then all that follows stays late. So while sound is late, it is
held until that is clear.
"""

from __future__ import annotations

from dataclasses import dataclass

_SAMPLE = 2
_LATE = 0.1
"""Seconds of delay from which on something may be missing."""
_STEADY = 0.3
"""Seconds of sound after which a delay that stayed the same is taken for a gap."""
_SAME = 0.08
"""Seconds by which a delay that stays the same may vary: sound often comes in pieces of up to 0.1 s."""
_LONGEST_HELD = 0.5
"""Seconds that sound is held at most. It would be lost if the process were killed meanwhile."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A piece of the user's sound that came at `at`, after so many samples that never came."""

    at: float
    audio: bytes
    missing: int = 0


class Arrivals:
    """Tells sound that is late from sound that is missing.

    Args:
        rate: samples a second.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._until = 0
        """Where the sound that came ends, in samples."""
        self._held: list[Arrival] = []
        self._least = self._most = self._steady = 0
        """The delays while they stayed the same, and how much came since the first of them, in samples."""

    def add(self, at: float, audio: bytes) -> list[Arrival]:
        """Add sound that came at `at`; return what has its place now, in order."""
        samples = len(audio) // _SAMPLE
        self._until += samples
        delay = round(at * self._rate) - self._until
        self._held.append(Arrival(at, audio))
        if delay <= _LATE * self._rate:
            return self._placed(0)
        self._least, self._most = min(self._least, delay), max(self._most, delay)
        self._steady += samples
        if len(self._held) == 1 or self._most - self._least > _SAME * self._rate:
            self._least, self._most, self._steady = delay, delay, 0
        if self._steady >= _STEADY * self._rate:
            return self._placed(self._least)
        # If it is still catching up, or comes now and then, what follows is held again.
        return self._placed(0) if at - self._held[0].at >= _LONGEST_HELD else []

    def end(self) -> list[Arrival]:
        """Return the rest: what did not come by now is missing."""
        return self._placed(self._least) if self._held else []

    def _placed(self, missing: int) -> list[Arrival]:
        first, *others = self._held
        self._held = []
        self._until += missing
        return [Arrival(first.at, first.audio, missing), *others]
