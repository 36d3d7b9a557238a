"""A turn detector whose questions and answers are published."""

from __future__ import annotations

from voicebot.engine.taps.tap import Tap
from voicebot.interfaces import TurnDetector
from voicebot.messages import TurnSoFar
from voicebot.options import Options


class TappedTurnDetector(TurnDetector[Options]):
    """Passes everything on to another turn detector."""

    def __init__(self, detector: TurnDetector[Options], tap: Tap) -> None:
        super().__init__(detector.options)
        self.input_format, self.audio_seconds = detector.input_format, detector.audio_seconds
        self.second_look = detector.second_look
        self._detector, self._tap = detector, tap

    async def wait(self, turn: TurnSoFar) -> float:
        """Ask the other."""
        with self._tap.asking("turn_detector", turn) as asked:
            seconds = await self._detector.wait(turn)
            asked.answered(seconds)
            return seconds
