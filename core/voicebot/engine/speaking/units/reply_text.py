"""A reply as it was written, and the place of each of its units in it."""

from __future__ import annotations

from voicebot.engine.speaking.units.reply_unit import ReplyUnit


class ReplyText:
    """The text of one reply, which grows while the chat model writes."""

    def __init__(self) -> None:
        self.written = ""
        """All of it so far."""
        self.step = 0
        """How often the chat model has called tools so far."""
        self._step_began = 0
        """Where the text of the current step begins."""
        self._placed_until = self._spoken_until = 0
        """Where the last unit ends, and the last one that is spoken."""
        self._units: list[tuple[int, ReplyUnit]] = []

    def add(self, text: str) -> None:
        """Add the next piece of text."""
        self.written += text

    @property
    def written_last(self) -> str:
        """What has been written since the chat model called tools."""
        return self.written[self._step_began :]

    def end_step(self) -> None:
        """Record that the chat model calls tools, and will write more."""
        self.step += 1
        self._step_began = len(self.written)

    def place(self, unit: ReplyUnit) -> None:
        """Find the place of the next unit, and the white space before it."""
        start = self.written.find(unit.written, self._placed_until)
        if start >= 0:
            unit.separator = _white_space(self.written[self._spoken_until : start])
        start = max(self._placed_until, start)
        self._placed_until = self._spoken_until = start + len(unit.written)
        unit.step = self.step
        self._units.append((start, unit))

    def skip(self, written: str) -> None:
        """Pass over the next unit, which is not spoken."""
        start = self.written.find(written, self._placed_until)
        self._placed_until = max(self._placed_until, start + len(written))

    def unspoken(self) -> str:
        """Return the units that were not spoken to their end, and what has not been cut into units yet."""
        units = [unit.written for _, unit in self._units if not unit.complete]
        return " ".join([*units, self.written[self._placed_until :]]).strip()

    def retract(self, characters: int) -> bool:
        """Mark the units that the last `characters` belong to; return whether any unit is left whole."""
        end = len(self.written) - characters
        is_any_left = False
        for start, unit in self._units:
            if start + len(unit.written) > end:
                unit.retracted_from = max(0, end - start)
            else:
                is_any_left = True
        return is_any_left


def _white_space(between: str) -> str:
    """Return the longer white space of the two around whatever is not spoken between two units."""
    before = between[: len(between) - len(between.lstrip())]
    after = between[len(between.rstrip()) :]
    return max(before, after, key=len)
