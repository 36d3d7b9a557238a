"""The `silence` turn detector: always the same wait, for comparison."""

from __future__ import annotations

from voicebot import Field, Options, TurnDetector, TurnSoFar


class SilenceOptions(Options):
    """Options of the `silence` turn detector."""

    seconds: float = Field(0.8, ge=0, le=30)
    """Seconds of silence that end a turn; `turns.patience` sets the bounds."""


class SilenceDetector(TurnDetector[SilenceOptions]):
    """Waits for the same time whatever was said."""

    async def wait(self, turn: TurnSoFar) -> float:
        """Return the configured seconds."""
        return self.options.seconds
