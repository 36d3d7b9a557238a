"""The `transcript` turn detector: how complete the words are says how long the silence must last."""

from __future__ import annotations

from itertools import pairwise

from voicebot import Options, TurnDetector, TurnSoFar
from voicebot_turns.rules import Completeness, judge

_SHARES = {
    Completeness.CLOSED: 0.0,
    Completeness.QUESTION: 0.041,
    Completeness.SENTENCE: 0.041,
    Completeness.STATEMENT: 0.041,
    Completeness.UNCLEAR: 0.19,
    Completeness.PART: 0.5,
    Completeness.OPEN: 1.0,
}
"""Where between the earliest and the latest end of a turn the wait lies."""
_UNSETTLED = 0.04
"""What is added for words that may still change."""
_MARGIN = 1.2
"""A speaker who has paused for a second may pause a little longer the next time."""
_REMEMBERED = 5


class TranscriptOptions(Options):
    """The `transcript` turn detector has no options: `turns.patience` sets its bounds."""


class TranscriptDetector(TurnDetector[TranscriptOptions]):
    """Reads how complete the words are, in English, German, French and Spanish.

    Other languages are judged by their punctuation and length. A user who has paused for long in the
    middle of turns is waited for longer, unless the words are clearly complete.
    """

    async def wait(self, turn: TurnSoFar) -> float:
        """Return the seconds of silence after which a turn with these words is over."""
        completeness = judge(turn.text, turn.language, turn.asked)
        share = _SHARES[completeness] + (0.0 if turn.settled else _UNSETTLED)
        wait = turn.earliest + (turn.latest - turn.earliest) * min(1.0, share)
        if completeness in {Completeness.STATEMENT, Completeness.UNCLEAR, Completeness.PART}:
            wait = max(wait, _MARGIN * usual(turn.pauses))
        return min(wait, turn.latest)


def usual(pauses: tuple[float, ...]) -> float:
    """Return the median of the latest pauses in seconds, 0 while there are too few to tell a habit."""
    latest = sorted(pauses[-_REMEMBERED:])
    if len(latest) < 2:
        return 0.0
    middle = len(latest) // 2
    if len(latest) % 2:
        return latest[middle]
    return next((one + other) / 2 for one, other in list(pairwise(latest))[middle - 1 : middle])
