"""What came of each turn that the user of a recording really said, with some settings."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from voicebot import UserSpeechStarted
from voicebot_recording.reading import Recording
from voicebot_replay.engine import Replayed, ReplayedTurn, Speech


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one turn: it was cut off, or answered so many seconds after the user's last sound.

    If the user spoke again before any answer, `wait` is how long they had waited by then. It is None after a
    cut-off.
    """

    cut_off: bool
    wait: float | None

    def cost(self, cut_off: float) -> float:
        """Return the seconds that this cost the user, where a cut-off counts as so many."""
        return cut_off if self.wait is None else self.wait


def outcomes(replayed: Replayed, seconds: float) -> list[Outcome]:
    """Return what came of each of the turns that were really said.

    Args:
        seconds: how long the recording is.
    """
    begins = [each.begins for each in replayed.said]
    return list(map(_outcome, replayed.said, _taken(replayed, replayed.turns), [*begins[1:], seconds]))


def counted(replayed: Replayed) -> list[bool]:
    """Return which of the turns were taken by the bot, then or now: the others were not meant for it."""
    then, now = _taken(replayed, replayed.recorded), _taken(replayed, replayed.turns)
    return [bool(one or other) for one, other in zip(then, now, strict=True)]


def pauses(recording: Recording, said: tuple[Speech, ...]) -> list[int]:
    """Return how often the user paused within each turn, as far as the bot noticed it then."""
    starts = sorted(each.at for each in recording.events() if isinstance(each, UserSpeechStarted))
    return [bisect_left(starts, each.ends) - bisect_right(starts, each.begins) for each in said]


def _taken(replayed: Replayed, turns: Sequence[ReplayedTurn]) -> list[list[ReplayedTurn]]:
    """Return what the bot took for turns, for each turn that was really said."""
    begins = [each.begins for each in replayed.said]
    found: list[list[ReplayedTurn]] = [[] for _ in begins]
    for turn in turns:
        number = bisect_right(begins, turn.decided) - 1
        if turn.silent_since is not None and number >= 0:
            found[number].append(turn)
    return found


def _outcome(said: Speech, turns: Sequence[ReplayedTurn], until: float) -> Outcome:
    if any(turn.cut_off for turn in turns):
        return Outcome(cut_off=True, wait=None)
    answered = next((turn.answered for turn in turns if turn.answered is not None), until)
    return Outcome(cut_off=False, wait=max(0.0, answered - said.ends))
