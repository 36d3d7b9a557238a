"""Where the time of a turn went, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.events import TurnTimed
from voicebot.messages import Usage


@dataclass(slots=True)
class Timeline:
    """The marks of one turn, filled in as they are reached; times are the conversation's."""

    speech_stopped: float | None = None
    final: float | None = None
    decided: float | None = None
    first_token: float | None = None
    first_unit: float | None = None
    first_sound: float | None = None
    usage: Usage | None = None

    def report(self, at: float, turn: int) -> TurnTimed:
        """Return the event that tells observers."""
        return TurnTimed(
            at,
            turn,
            speech_stopped=self.speech_stopped,
            final=self.final,
            decided=self.decided,
            first_token=self.first_token,
            first_unit=self.first_unit,
            first_sound=self.first_sound,
            input_tokens=self.usage.input_tokens if self.usage else None,
            output_tokens=self.usage.output_tokens if self.usage else None,
        )
