"""Which part of the sound a final transcript covers, by the partial transcripts before it."""

from __future__ import annotations

from itertools import zip_longest

from voicebot.dataclass import dataclass
from voicebot.engine.text.words import alike, words


@dataclass(frozen=True, slots=True)
class FinalExtent:
    """Positions in the sound, in bytes: where a final ends, and where the next words begin at the latest."""

    end: int
    next_begins: int


class PartialPositions:
    """The partial transcripts since the last final, each with the position of the sound when it came."""

    def __init__(self) -> None:
        self._partials: list[tuple[str, int]] = []

    def __bool__(self) -> bool:
        return bool(self._partials)

    def add(self, text: str, position: int) -> None:
        """Add a partial transcript that came after the sound up to `position` had been sent."""
        self._partials.append((text, position))

    def clear(self) -> None:
        """Forget all partial transcripts."""
        self._partials.clear()

    def extent_of(self, final: str, sent: int) -> FinalExtent:
        """Return the extent of a final by the first partial with the same words.

        Without such a partial, it covers all sound that was sent.
        """
        size = len(words(final))
        for (text, position), following in zip_longest(self._partials, self._partials[1:]):
            if len(words(text)) == size and alike(text, final):
                return FinalExtent(position, following[1] if following else sent)
        return FinalExtent(sent, sent)
