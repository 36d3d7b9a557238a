"""The turn detector of the config, which takes as long as the recorded one took."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, TypeAlias

from voicebot import Options, TurnDetector, TurnSoFar
from voicebot_replay.exchanges import Exchange, typical
from voicebot_replay.providers.clock import ReplayClock

_Question: TypeAlias = tuple[str, bool, float, float]


class DelayedTurnDetector(TurnDetector[Options]):
    """Gives the answers of another detector, each after the seconds that it took then.

    Args:
        detector: it runs in this process.
        recorded: the questions of the recording; none if another detector was asked.
    """

    def __init__(self, detector: TurnDetector[Any], recorded: Sequence[Exchange], clock: ReplayClock) -> None:
        super().__init__(detector.options)
        self._detector, self._clock = detector, clock
        self._copy()
        self._delays: dict[_Question, deque[float]] = {}
        for each in recorded:
            self._delays.setdefault(_key(each.question), deque()).append(_seconds(each))
        self._usual = typical([_seconds(each) for each in recorded if each.answers], 0.0)

    async def start(self) -> None:
        """Start the detector."""
        await self._detector.start()
        self._copy()

    async def aclose(self) -> None:
        """Close it."""
        await self._detector.aclose()

    async def wait(self, turn: TurnSoFar) -> float:
        """Ask it, and wait."""
        begun = self._clock.now()
        seconds = await self._detector.wait(turn)
        delays = self._delays.get(_key(turn))
        delay = self._usual if delays is None else delays.popleft() if len(delays) > 1 else delays[0]
        await self._clock.until(begun + delay)
        return seconds

    def _copy(self) -> None:
        """Take over what the engine goes by, which may be known only after the start."""
        detector = self._detector
        self.input_format, self.audio_seconds = detector.input_format, detector.audio_seconds
        self.second_look = detector.second_look


def _key(turn: TurnSoFar) -> _Question:
    return turn.text, turn.settled, turn.earliest, turn.latest


def _seconds(exchange: Exchange) -> float:
    """Return how long an answer took, or for how long it was waited for."""
    return exchange.answers[0].at - exchange.at if exchange.answers else exchange.seconds
