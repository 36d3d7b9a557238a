"""What happened then, and what happens now: turn by turn, and in figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from statistics import median

from voicebot_replay.engine import Replayed, ReplayedTurn

_MOMENT = 0.05
"""Seconds by which times may differ without being different: nobody hears that."""


@dataclass(frozen=True, slots=True)
class TurnPair:
    """A turn of the recording and the same one of the replay; None if there is none."""

    then: ReplayedTurn | None
    now: ReplayedTurn | None

    @property
    def differs(self) -> bool:
        """Whether something was decided otherwise, or the answer was heard at another time."""
        then, now = self.then, self.now
        if then is None or now is None:
            return True
        return (
            _outcome(then) != _outcome(now)
            or _far(then.answered_after, now.answered_after)
            or _far(then.waited, now.waited)
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a conversation; `answered_after` is the median, in seconds."""

    turns: int
    cut_off: int
    interrupted: int
    answered_after: float | None
    withdrawn: int
    wasted_tokens: int
    tools: int


def pairs(replayed: Replayed) -> Iterator[TurnPair]:
    """Yield the turns of both, in order of time."""
    then, now = replayed.recorded, replayed.turns
    before, after = ([turn.words for turn in turns] for turns in (then, now))
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    for tag, begin, end, now_begin, now_end in matcher.get_opcodes():
        if tag == "equal":
            yield from map(TurnPair, then[begin:end], now[now_begin:now_end])
        else:
            yield from _by_time(then[begin:end], now[now_begin:now_end])


def figures(turns: Sequence[ReplayedTurn]) -> Figures:
    """Return the figures of turns."""
    seconds = [each.answered_after for each in turns if each.answered_after is not None]
    return Figures(
        turns=len(turns),
        cut_off=sum(each.cut_off for each in turns),
        interrupted=sum(each.interrupted for each in turns),
        answered_after=median(seconds) if seconds else None,
        withdrawn=sum(each.withdrawn for each in turns),
        wasted_tokens=sum(each.wasted_tokens for each in turns),
        tools=sum(len(each.tools) for each in turns),
    )


def _by_time(then: Sequence[ReplayedTurn], now: Sequence[ReplayedTurn]) -> list[TurnPair]:
    """Return turns that have other words, each by itself."""
    found = [TurnPair(each, None) for each in then] + [TurnPair(None, each) for each in now]
    return sorted(found, key=lambda each: min(turn.decided for turn in (each.then, each.now) if turn))


def _outcome(turn: ReplayedTurn) -> tuple[object, ...]:
    return (turn.heard, turn.cut_off, turn.interrupted, turn.tools, turn.withdrawn, turn.wasted_tokens)


def _far(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is not other
    return abs(one - other) > _MOMENT
