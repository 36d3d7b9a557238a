"""How much of a reply the user has heard, from the seconds that the device has played."""

from __future__ import annotations

from collections.abc import Iterable

from voicebot.engine.speaking.units.reply_unit import ReplyUnit


class HeardText:
    """The units of one reply whose audio has been written to the speaker, in order."""

    def __init__(self) -> None:
        self.current: ReplyUnit | None = None
        """The unit whose audio is being written."""
        self.seconds = 0.0
        """How much audio has been written."""
        self._units: list[ReplyUnit] = []

    def begin(self, unit: ReplyUnit) -> None:
        """Add a unit whose audio is written next."""
        self.current = unit
        unit.start = self.seconds
        self._units.append(unit)

    def add(self, seconds: float) -> None:
        """Add audio of the current unit."""
        if self.current is not None:
            self.current.seconds += seconds
        self.seconds += seconds

    @property
    def has_begun(self) -> bool:
        """Whether there is audio of the reply itself."""
        return any(unit.is_part for unit in self._units)

    def after(self, played: float, step: int | None = None) -> str:
        """Return what the user has heard once `played` seconds of the reply have been played.

        Args:
            step: of which step of the chat model; None for the whole reply.
        """
        return _joined(
            (unit, unit.heard(min(played - unit.start, unit.seconds)))
            for unit in self._of(step)
            if played > unit.start
        )

    def at_end(self, step: int | None = None) -> str:
        """Return what the user has heard once all that was written has been played; `step` as above."""
        return _joined((unit, unit.heard(unit.seconds)) for unit in self._of(step))

    def _of(self, step: int | None) -> Iterable[ReplyUnit]:
        return (unit for unit in self._units if unit.is_part and step in {None, unit.step})

    @property
    def retracted_from(self) -> float | None:
        """Second of the reply at which its first retracted unit begins; None if none has begun."""
        return next((unit.start for unit in self._units if unit.retracted_from is not None), None)

    def truncate(self, seconds: float) -> None:
        """Forget the audio after `seconds`: it will not be played."""
        for unit in self._units:
            if unit.start + unit.seconds > seconds:
                unit.seconds = max(0.0, seconds - unit.start)
                unit.complete = False
        self.seconds = seconds


def _joined(parts: Iterable[tuple[ReplyUnit, str]]) -> str:
    """Join what was heard of each unit, with the white space between them as it was written."""
    text = ""
    for unit, heard in parts:
        if heard:
            text += unit.separator + heard if text else heard
    return text
