"""A turn detector that takes a second look, and then answers as the setting says."""

from __future__ import annotations

import asyncio

from voicebot import Options, ProviderError, TurnDetector, TurnSoFar

from ..timeline import Setting

_ASKED_SOON = 0.1
"""Seconds before the end of the first wait within which a question is a second look."""


class TimelineTurnDetector(TurnDetector[Options]):
    """Waits halfway between the bounds of patience at first."""

    second_look = True

    def __init__(self, setting: Setting) -> None:
        super().__init__(Options())
        self._answers = list(setting.second_looks)

    async def wait(self, turn: TurnSoFar) -> float:
        """Return how long to wait."""
        first = (turn.earliest + turn.latest) / 2
        if turn.silence < first - _ASKED_SOON - 1e-3:
            return first
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        match answer:
            case "shorter":
                return turn.earliest
            case "longer":
                return turn.latest
            case "fails":
                raise ProviderError("the turn detector is elsewhere", retryable=True)
            case "hangs":
                await asyncio.get_running_loop().create_future()
            case _:
                pass
        return first
