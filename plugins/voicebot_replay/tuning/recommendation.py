"""Which settings are best on the half that they are chosen on, and whether the other half agrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

from voicebot_replay.tuning.figures import Difference, Figures, difference, figures
from voicebot_replay.tuning.outcomes import Outcome
from voicebot_replay.tuning.settings import TurnSettings

Verdict = Literal["better", "uncertain", "not better", "as good", "too few"]
Halves = tuple[tuple[tuple[Outcome, ...], ...], tuple[tuple[Outcome, ...], ...]]
"""What came of the turns of each recording, in the first half and in the second."""
_NOTICED = 0.05
"""Seconds that settings must save a turn to be worth a change."""


@dataclass(frozen=True, slots=True)
class Tried:
    """Some settings, and what came of each turn with them."""

    settings: TurnSettings
    halves: Halves


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The settings that are best on the first half, and what they change on the second.

    `verdict` is "better" if they are to be recommended: on the second half, a turn costs less with them, and
    the whole interval says so. It is "uncertain" if only part of it does; `turns_needed` then estimates how
    many turns the recordings must have in all to tell. "as good" means that nothing that was tried would save
    users 0.05 s a turn on the first half, and "too few" that there are fewer turns than `turns_needed`.
    """

    verdict: Verdict
    best: TurnSettings | None = None
    chosen_on: tuple[tuple[TurnSettings, Figures], ...] = ()
    """On the first half: the present settings, then the best of each detector, best first."""
    before: Figures | None = None
    """The present settings on the second half."""
    after: Figures | None = None
    """The best settings there."""
    saves: Difference | None = None
    """How much more a turn costs there with the best settings; negative if less."""
    turns_needed: int | None = None


def recommend(tried: Sequence[Tried], cut_off_cost: float, least: int) -> Recommendation:
    """Return what to recommend.

    Args:
        tried: the present settings first.
        cut_off_cost: seconds of waiting that weigh as much as a cut-off.
        least: turns that each half must have.
    """
    present = tried[0]
    counts = [sum(map(len, half)) for half in present.halves]
    if min(counts) < least:
        return Recommendation("too few", turns_needed=2 * least)
    on_first = [(each, figures(each.halves[0], cut_off_cost)) for each in tried]
    on_first.sort(key=lambda each: (each[1].cost, each[1].cut_off))  # the present settings first if equal
    shown: dict[str, tuple[TurnSettings, Figures]] = {}
    for each, found in on_first:
        shown.setdefault(each.settings.detector, (each.settings, found))
    now = next(found for each, found in on_first if each is present)
    chosen_on = ((present.settings, now), *(each for each in shown.values() if not each[0].is_present))
    best, found = on_first[0]
    before = figures(present.halves[1], cut_off_cost)
    if now.cost - found.cost < _NOTICED:
        return Recommendation("as good", None, chosen_on, before)
    after = figures(best.halves[1], cut_off_cost)
    saves = difference(best.halves[1], present.halves[1], cut_off_cost)
    verdict, needed = _verdict(saves, sum(counts))
    return Recommendation(verdict, best.settings, chosen_on, before, after, saves, needed)


def _verdict(saves: Difference, turns: int) -> tuple[Verdict, int | None]:
    _, high = saves.interval
    if high < 0:
        return "better", None
    if saves.seconds >= 0:
        return "not better", None
    narrower = (high - saves.seconds) / -saves.seconds  # an interval narrows by the root of what is in it
    return "uncertain", ceil(turns * narrower**2)
