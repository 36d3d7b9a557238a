"""What settings do to users, in figures with intervals of 95 %."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import fmean

from voicebot_replay.tuning.outcomes import Outcome

LATE = 1.0
"""Seconds after which an answer is late."""
_SAMPLES = 2000
_RECORDINGS = 5
"""How many recordings a half must have for samples of recordings; otherwise they are samples of turns."""

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Figures:
    """What some settings do.

    Waits are in seconds, and over the turns that are not cut off; None if there are none. `late` is the share
    of these that are answered later than after a second, `cost` the mean cost of a turn in seconds.
    """

    turns: int
    cut_off: int
    cut_off_interval: Interval
    median_wait: float | None
    wait_of_90: float | None
    late: float | None
    cost: float

    @property
    def cut_off_share(self) -> float:
        """The share of turns that are cut off."""
        return self.cut_off / self.turns


@dataclass(frozen=True, slots=True)
class Difference:
    """By how many seconds a turn costs more with one setting than with another; negative if less."""

    seconds: float
    interval: Interval


def figures(by_recording: Sequence[Sequence[Outcome]], cut_off_cost: float) -> Figures:
    """Return the figures of some turns, of which there must be one at least.

    Args:
        by_recording: what came of the turns, for each recording.
        cut_off_cost: seconds of waiting that weigh as much as a cut-off.
    """
    every = [each for recording in by_recording for each in recording]
    waits = sorted(each.wait for each in every if each.wait is not None)
    cut_off = sum(each.cut_off for each in every)
    interval = _interval([[float(each.cut_off) for each in recording] for recording in by_recording])
    return Figures(
        turns=len(every),
        cut_off=cut_off,
        cut_off_interval=_widened(interval, cut_off, len(every)),
        median_wait=_quantile(waits, 0.5),
        wait_of_90=_quantile(waits, 0.9),
        late=sum(each > LATE for each in waits) / len(waits) if waits else None,
        cost=fmean(each.cost(cut_off_cost) for each in every),
    )


def difference(
    ours: Sequence[Sequence[Outcome]], theirs: Sequence[Sequence[Outcome]], cut_off_cost: float
) -> Difference:
    """Return how much more the same turns cost with our settings than with theirs."""
    differences = [
        [our.cost(cut_off_cost) - their.cost(cut_off_cost) for our, their in zip(one, other, strict=True)]
        for one, other in zip(ours, theirs, strict=True)
    ]
    every = [each for recording in differences for each in recording]
    return Difference(fmean(every), _interval(differences))


def samples_recordings(by_recording: Sequence[Sequence[object]]) -> bool:
    """Return whether intervals are from samples of the recordings, and not of the turns."""
    return sum(bool(recording) for recording in by_recording) >= _RECORDINGS


def _interval(by_recording: Sequence[Sequence[float]]) -> Interval:
    """Return the interval of a mean, by a bootstrap whose samples are always the same."""
    groups = [list(recording) for recording in by_recording if recording]
    if not samples_recordings(groups):
        groups = [[each] for recording in groups for each in recording]
    sums = [(sum(group), len(group)) for group in groups]
    draw = random.Random(1)
    means = sorted(_mean_of(sums, draw.random) for _ in range(_SAMPLES))
    return means[round(0.025 * _SAMPLES)], means[round(0.975 * _SAMPLES) - 1]


def _mean_of(sums: Sequence[tuple[float, int]], draw: Callable[[], float]) -> float:
    drawn = [sums[int(draw() * len(sums))] for _ in sums]
    return sum(total for total, _ in drawn) / sum(count for _, count in drawn)


def _widened(interval: Interval, count: int, turns: int) -> Interval:
    """Return the exact interval where all samples are alike: nothing that was seen is not nothing."""
    if 0 < count < turns:
        return interval
    unseen = 1 - 0.025 ** (1 / turns)
    return (0.0, unseen) if count == 0 else (1 - unseen, 1.0)


def _quantile(ordered: Sequence[float], share: float) -> float | None:
    return ordered[ceil(share * len(ordered)) - 1] if ordered else None
