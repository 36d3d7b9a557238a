"""Where the time of a turn went, and how many tokens it took."""

from __future__ import annotations

from voicebot.dataclass import dataclass
from voicebot.events import TurnTimed
from voicebot.messages import Usage


@dataclass(slots=True)
class UserTurnTimestamps:
    """The times of a user's turn, in seconds on the conversation's clock, and its prepared replies.

    Args:
        prepared: replies that were prepared.
        held: those of them that the chat model did not write, since the user had not finished.
        withdrawn: those of them that were discarded.
        wasted_tokens: what these cost.
        wasted_characters: characters of them that the voice was given.
    """

    speech_stopped: float | None = None
    last_partial: float | None = None
    final: float | None = None
    decided: float | None = None
    prepared: int = 0
    held: int = 0
    withdrawn: int = 0
    wasted_tokens: int = 0
    wasted_characters: int = 0


@dataclass(slots=True)
class ReplyTimestamps:
    """The times of a reply, in seconds on the conversation's clock."""

    began: float
    first_token: float | None = None
    last_token: float | None = None
    first_unit: float | None = None
    first_byte: float | None = None
    first_sound: float | None = None
    usage: Usage | None = None
    tool_calls: int = 0
    tool_seconds: float = 0.0

    def add_usage(self, usage: Usage | None) -> None:
        """Add the tokens of one request; a reply that uses tools takes several."""
        before = self.usage
        if usage is None or before is None:
            self.usage = usage or before
        else:
            self.usage = Usage(
                before.input_tokens + usage.input_tokens,
                before.output_tokens + usage.output_tokens,
                before.cached_tokens + usage.cached_tokens,
            )

    def report(
        self, at: float, turn: int, user: UserTurnTimestamps, *, interrupted: bool, heard_share: float
    ) -> TurnTimed:
        """Return the event for observers."""
        was_prepared = user.decided is not None and self.began < user.decided
        return TurnTimed(
            at,
            turn,
            speech_stopped=user.speech_stopped,
            last_partial=user.last_partial,
            prepared_at=self.began if was_prepared else None,
            final=user.final,
            decided=user.decided,
            first_token=self.first_token,
            last_token=self.last_token,
            first_unit=self.first_unit,
            first_byte=self.first_byte,
            first_sound=self.first_sound,
            prepared=user.prepared,
            withdrawn=user.withdrawn,
            held=user.held,
            wasted_tokens=user.wasted_tokens,
            input_tokens=self.usage.input_tokens if self.usage else None,
            output_tokens=self.usage.output_tokens if self.usage else None,
            interrupted=interrupted,
            heard_share=heard_share,
            tool_calls=self.tool_calls,
            tool_seconds=self.tool_seconds,
            wasted_characters=user.wasted_characters,
            cached_tokens=self.usage.cached_tokens if self.usage else None,
        )
