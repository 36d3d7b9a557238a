"""What of a reply stands when a content filter takes some of it back after it was sent."""

from __future__ import annotations

from voicebot.engine.speaking.units.reply_unit import SpokenUnit


class WrittenReply:
    """The text of one reply, and the place of each unit in it."""

    def __init__(self) -> None:
        self.text = ""
        """All of it so far."""
        self._placed = self._spoken = 0
        """Where the last unit ended, and the last one that is spoken."""
        self._units: list[tuple[int, SpokenUnit]] = []

    def add(self, text: str) -> None:
        """Take the next piece of text."""
        self.text += text

    def place(self, unit: SpokenUnit) -> None:
        """Take note of the next unit, which is a part of the text."""
        start = self.text.find(unit.written, self._placed)
        if start >= 0:
            unit.before = _white_space(self.text[self._spoken : start])
        start = max(self._placed, start)
        self._placed = self._spoken = start + len(unit.written)
        self._units.append((start, unit))

    def skip(self, written: str) -> None:
        """Take note of the next unit, which is not spoken."""
        start = self.text.find(written, self._placed)
        self._placed = max(self._placed, start + len(written))

    def unsaid(self) -> str:
        """Return the units that were not spoken to their end, and what is no unit yet."""
        units = [unit.written for _, unit in self._units if not unit.complete]
        return " ".join([*units, self.text[self._placed :]]).strip()

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


def _white_space(between: str) -> str:
    """Return the white space between two units, on one side or the other of what is not spoken."""
    before = between[: len(between) - len(between.lstrip())]
    after = between[len(between.rstrip()) :]
    return max(before, after, key=len)
