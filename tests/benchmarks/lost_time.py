"""What a policy costs its users, in one figure, and where the time of ours goes."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from statistics import fmean

from outcomes import Outcome
from spoken_turns import TURNS_IN_A_DIALOGUE

CUT_OFF_COST = 50.0
"""Milliseconds of waiting that weigh as much as one percent of turns cut off."""
_NOTICEABLE = 0.02
"""Seconds: one frame."""
_RESAMPLED = 1000


def cost(outcomes: Sequence[Outcome], least: Sequence[Outcome]) -> float:
    """Return the mean gap over the least that there can be, in ms, plus 50 for each percent cut off."""
    return _cost([_sums(outcomes, least)])


def cost_interval(seeds: Iterable[tuple[Sequence[Outcome], Sequence[Outcome]]]) -> tuple[float, float]:
    """Return the interval of the cost at 95 %, by resampling the speakers of all seeds."""
    speakers = [
        _sums(outcomes[start : start + TURNS_IN_A_DIALOGUE], least[start : start + TURNS_IN_A_DIALOGUE])
        for outcomes, least in seeds
        for start in range(0, len(outcomes), TURNS_IN_A_DIALOGUE)
    ]
    draw = random.Random(1)
    costs = sorted(_cost(draw.choices(speakers, k=len(speakers))) for _ in range(_RESAMPLED))
    return costs[round(0.025 * _RESAMPLED)], costs[round(0.975 * _RESAMPLED) - 1]


_Sums = tuple[float, int, float, int, int]


def _sums(outcomes: Sequence[Outcome], least: Sequence[Outcome]) -> _Sums:
    gaps = [each.gap for each in outcomes if each.gap is not None]
    return (
        sum(gaps),
        len(gaps),
        sum(each.gap for each in least if each.gap is not None),
        len(least),
        sum(each.cut_off for each in outcomes),
    )


def _cost(parts: Sequence[_Sums]) -> float:
    gap, answered, least, turns, cut_off = map(sum, zip(*parts, strict=True))
    return 1000 * (gap / max(1, answered) - least / turns) + CUT_OFF_COST * 100 * cut_off / turns


def lost_time(outcomes: Sequence[Outcome], least: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    """Return what the cost consists of, by cause: in ms a turn, and in how many turns, in percent.

    The wait is what the turn detector wanted beyond the time that words, model and voice took anyway. What
    remains after that, and after waiting for the final transcript, is due to a reply that was asked for
    later than its words were known.
    """
    answered = [
        (mine, mine.gap, mine.timing, other.timing)
        for mine, other in zip(outcomes, least, strict=True)
        if mine.gap is not None and mine.timing and other.timing
    ]
    seconds: dict[str, list[float]] = {
        "words were known later": [],
        "the first unit was written": [],
        "model and voice took longer": [],
        "the turn detector's wait": [],
        "waiting for the final": [],
        "asked late after a discarded reply": [],
        "asked late otherwise": [],
    }
    for mine, gap, timing, best in answered:
        decided = timing.bound if mine.decided is None else max(timing.bound, mine.decided)
        causes = dict.fromkeys(seconds, 0.0)
        causes["words were known later"] = timing.known - best.known
        causes["the first unit was written"] = timing.writing
        causes["model and voice took longer"] = timing.reply - timing.writing - best.reply
        causes["the turn detector's wait"] = timing.bound - timing.known - timing.reply
        causes["waiting for the final"] = min(decided, gap) - timing.bound
        late = "after a discarded reply" if timing.discarded else "otherwise"
        causes[f"asked late {late}"] = gap - min(decided, gap)
        for cause, value in causes.items():
            seconds[cause].append(value)
    rows = {
        cause: {
            "ms": round(1000 * fmean(values), 1),
            "turns_pct": round(100 * sum(value > _NOTICEABLE for value in values) / len(values), 1),
        }
        for cause, values in seconds.items()
        if values
    }
    cut_off = 100 * sum(each.cut_off for each in outcomes) / len(outcomes)
    rows["cut-offs, 50 ms for each 1 %"] = {
        "ms": round(CUT_OFF_COST * cut_off, 1),
        "turns_pct": round(cut_off, 1),
    }
    return rows
