"""What of a reply stands when a content filter takes some of it back after it was sent."""

from __future__ import annotations

from voicebot.engine.heard import SpokenUnit


class WrittenReply:
    """The text of one reply, and the place of each unit in it."""

    def __init__(self) -> None:
        self.text = ""
        """All of it so far."""
        self._placed = 0
        self._units: list[tuple[int, SpokenUnit]] = []

    def add(self, text: str) -> None:
        """Take the next piece of text."""
        self.text += text

    def place(self, unit: SpokenUnit) -> None:
        """Take note of the next unit, which is a part of the text."""
        found = self.text.find(unit.written, self._placed)
        unit.is_attached = found == self._placed > 0
        start = max(self._placed, found)
        self._placed = start + len(unit.written)
        self._units.append((start, unit))

    def withdraw(self, characters: int) -> bool:
        """Mark the units that lose some of that many characters at the end; return whether any lose none."""
        end = len(self.text) - characters
        stands = False
        for start, unit in self._units:
            if start + len(unit.written) > end:
                unit.stands = max(0, end - start)
            else:
                stands = True
        return stands
