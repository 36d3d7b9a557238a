"""What a conversation has for its client: sound, and word that sound was taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Sound:
    """Sound to play after what was sent before: s16le in the stream's format.

    `start` is its position in seconds, on the count of all sound sent since the stream was made. That count
    includes sound that was cleared. `answers` is the number of the user's latest turn if sessions are kept.
    """

    audio: bytes
    start: float
    answers: int = 0


@dataclass(frozen=True, slots=True)
class Cleared:
    """The client must drop what it has not played, and be silent within 50 ms.

    `position` is where it is thought to be, in seconds on the same count.
    """

    position: float


Output: TypeAlias = Sound | Cleared
