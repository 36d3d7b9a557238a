"""A text as it is to be spoken, which remembers where each part of it came from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from voicebot.dataclass import dataclass


class Change(NamedTuple):
    """What is spoken instead of the characters from `start` to `end`."""

    start: int
    end: int
    spoken: str


Changes: TypeAlias = Change | tuple[Change, ...]
"""One change, or several of which none makes sense without the others."""


class Place(NamedTuple):
    """A change in the new text, and the range of the original that it replaced."""

    start: int
    end: int
    source_start: int
    source_end: int


@dataclass(frozen=True, slots=True)
class NormalizedText:
    """A text as it is to be spoken."""

    text: str
    """The text."""
    places: tuple[Place, ...] = ()
    """What was changed, in order; what is between is as it was."""

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Return the range of the original that characters `start` to `end` of the text came from.

        A part of what was changed came from all that it replaced. What was removed belongs to the character
        before it, at the beginning to the one after it.
        """
        start = min(max(start, 0), len(self.text))
        end = min(max(end, start), len(self.text))
        first = self._source_start(start)
        return first, max(first, self._source_end(end)) if start < end else first

    def _source_start(self, position: int) -> int:
        if position == 0:
            return 0
        before = self._last_beginning_by(position)
        if before is None:
            return position
        if position < before.end:
            return before.source_start if before.start else 0
        return before.source_end + position - before.end

    def _source_end(self, position: int) -> int:
        before = self._last_beginning_by(position)
        if before is None:
            return position
        if before.start == position < before.end:  # a change begins here, so the range ends before it
            return before.source_start
        if position < before.end:
            return before.source_end
        return before.source_end + position - before.end

    def _last_beginning_by(self, position: int) -> Place | None:
        index = bisect_right(self.places, position, key=_start)
        return self.places[index - 1] if index else None


def changed(text: str, changes: Iterable[Change]) -> NormalizedText:
    """Return a text with changes, which are in order and do not overlap."""
    parts: list[str] = []
    places: list[Place] = []
    read = length = 0
    for start, end, spoken in changes:
        parts += (text[read:start], spoken)
        length += start - read
        places.append(Place(length, length + len(spoken), start, end))
        length += len(spoken)
        read = end
    parts.append(text[read:])
    return NormalizedText("".join(parts), tuple(places))


def _start(place: Place) -> int:
    return place.start
