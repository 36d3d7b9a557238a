"""The `transcript` turn detector: the less complete the words, the longer the silence that ends a turn."""

from __future__ import annotations

import asyncio

from voicebot import Options, TurnDetector, TurnSoFar
from voicebot_turns.completeness import Completeness
from voicebot_turns.continuation import continuation_for
from voicebot_turns.last_words import completeness_of

_SHARES = {
    Completeness.COMPLETE: 0.0,
    Completeness.QUESTION: 0.041,
    Completeness.SENTENCE: 0.041,
    Completeness.STATEMENT: 0.041,
    Completeness.AMBIGUOUS: 0.19,
    Completeness.FRAGMENT: 0.2,
    Completeness.LIKELY_INCOMPLETE: 0.5,
    Completeness.INCOMPLETE: 1.0,
}
"""Where the wait lies between the earliest end of a turn (0) and the latest (1)."""
_UNSETTLED = 0.04
"""What is added for words that may still change."""
_PAUSES_MATTER = {Completeness.STATEMENT, Completeness.AMBIGUOUS, Completeness.FRAGMENT}
_MARGIN = 1.2
"""A speaker who has paused for a second may pause a little longer the next time."""
_LATEST_PAUSES = 5


class TranscriptOptions(Options):
    """The `transcript` turn detector has no options: `turns.patience` sets its bounds."""


class TranscriptDetector(TurnDetector[TranscriptOptions]):
    """Goes by how complete the words are, in English, French, German, Italian and Spanish.

    In English, it also knows how often sentences end after the last two words. In other languages, it goes by
    punctuation and length. It waits longer for users who have made long pauses within turns, unless the words
    are clearly complete.
    """

    async def start(self) -> None:
        """Read what the detector needs to know of English, so that it need not be read during a turn."""
        await asyncio.to_thread(continuation_for, "en")

    async def wait(self, turn: TurnSoFar) -> float:
        """Return the seconds of silence after which a turn with these words is over."""
        complete = completeness_of(turn)
        share = _SHARES[complete] + (0.0 if turn.settled else _UNSETTLED)
        wait = turn.earliest + (turn.latest - turn.earliest) * min(1.0, share)
        if complete in _PAUSES_MATTER:
            wait = max(wait, _MARGIN * usual_pause(turn.pauses))
        return min(wait, turn.latest)


def usual_pause(pauses: tuple[float, ...]) -> float:
    """Return the median of the latest pauses in seconds; 0 while there are too few to be a habit."""
    latest = sorted(pauses[-_LATEST_PAUSES:])
    middle = len(latest) // 2
    return (latest[middle] + latest[~middle]) / 2 if len(latest) > 1 else 0.0
