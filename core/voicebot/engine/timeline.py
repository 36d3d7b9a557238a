"""Where the time of a turn went, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.events import TurnTimed
from voicebot.messages import Usage


@dataclass(slots=True)
class Listened:
    """The marks of a user's turn, filled in as they are reached; times are the conversation's.

    `prepared` replies were made ahead, `withdrawn` of them in vain, for `wasted_tokens`.
    """

    speech_stopped: float | None = None
    last_partial: float | None = None
    final: float | None = None
    decided: float | None = None
    prepared: int = 0
    withdrawn: int = 0
    wasted_tokens: int = 0


@dataclass(slots=True)
class Timeline:
    """The marks of a reply."""

    began: float
    first_token: float | None = None
    last_token: float | None = None
    first_unit: float | None = None
    first_byte: float | None = None
    first_sound: float | None = None
    usage: Usage | None = None

    def report(
        self, at: float, turn: int, listened: Listened, *, interrupted: bool, heard_share: float
    ) -> TurnTimed:
        """Return the event that tells observers."""
        ahead = listened.decided is not None and self.began < listened.decided
        return TurnTimed(
            at,
            turn,
            speech_stopped=listened.speech_stopped,
            last_partial=listened.last_partial,
            prepared_at=self.began if ahead else None,
            final=listened.final,
            decided=listened.decided,
            first_token=self.first_token,
            last_token=self.last_token,
            first_unit=self.first_unit,
            first_byte=self.first_byte,
            first_sound=self.first_sound,
            prepared=listened.prepared,
            withdrawn=listened.withdrawn,
            wasted_tokens=listened.wasted_tokens,
            input_tokens=self.usage.input_tokens if self.usage else None,
            output_tokens=self.usage.output_tokens if self.usage else None,
            interrupted=interrupted,
            heard_share=heard_share,
        )
