"""The `silence` turn detector: always the same silence, for comparison."""

from __future__ import annotations

from voicebot import Field, Options, TurnDetector, TurnSoFar


class SilenceOptions(Options):
    """Options of the `silence` turn detector."""

    seconds: float = Field(0.8, ge=0, le=30)
    """Seconds of silence that end a turn, within the bounds of `turns.patience`."""


class SilenceDetector(TurnDetector[SilenceOptions]):
    """Always waits for the same time, whatever was said."""

    async def wait(self, turn: TurnSoFar) -> float:
        """Return the configured time in seconds."""
        return self.options.seconds
