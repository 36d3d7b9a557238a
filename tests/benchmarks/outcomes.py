"""What became of a simulated turn under a policy, and the figures of many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from simulated_services import misheard

CUT_OFF = 0.15
"""Seconds before the user's end from which sound of the bot is a cut-off; people overlap by less."""


LATE = 1.0
"""Seconds from the user's end after which the end is noticed late."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How the answer that stayed came about; seconds count from the true end of the user's last word.

    Args:
        known: when the words that it answers were recognised.
        reply: how long the chat model and the voice took from the request to the first sound.
        wait: the silence that the turn detector wanted.
        writing: how long of `reply` the chat model wrote at what the voice said first.
        discarded: requests of the turn that were discarded before this one.
    """

    known: float
    reply: float
    wait: float
    writing: float = 0.0
    discarded: int = 0

    @property
    def bound(self) -> float:
        """The earliest that the answer could have been: after the wait, and after words, model and voice."""
        return max(self.wait, self.known + self.reply)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One turn; seconds count from the true end of the user's last word.

    Args:
        sounds: when the bot became audible, each time.
        gap: when the sound began that stayed; None if the user heard no answer.
        decided: when the turn was taken for over, the last time; None if it never was.
        timing: how that answer came about; None where that is not asked.
        tokens: of all requests, read and written; `ideal` of one request and its whole answer.
        wasted: requests whose answer nobody heard.
        lost: words that the last request does not have; `wrong` were understood wrongly in it.
    """

    sounds: tuple[float, ...]
    gap: float | None
    decided: float | None
    timing: Timing | None
    tokens: float
    ideal: float
    wasted: int
    lost: int
    wrong: int

    @property
    def cut_off(self) -> bool:
        """Whether the bot was heard before the user had finished."""
        return any(sound < -CUT_OFF for sound in self.sounds)


def missing(said: Sequence[str], understood: Iterable[str]) -> tuple[int, int]:
    """Return how many of the words said are not among those understood, and how many are there wrongly."""
    left = list(understood)
    lost = wrong = 0
    for word in said:
        if word in left:
            left.remove(word)
        elif misheard(word) in left:
            left.remove(misheard(word))
            wrong += 1
        else:
            lost += 1
    return lost, wrong


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return what is reported of a policy; times in milliseconds, shares in percent of the turns."""
    gaps = sorted(1000 * each.gap for each in outcomes if each.gap is not None)
    ratios = sorted(
        each.gap / each.timing.bound
        for each in outcomes
        if each.gap is not None and each.timing and each.timing.bound > 0 and each.gap > 0
    )
    count = len(outcomes)
    return {
        "turns": count,
        "cut_off_pct": _rounded(100 * sum(each.cut_off for each in outcomes) / count),
        "gap_mean_ms": _rounded(fmean(gaps)) if gaps else None,
        "gap_p50_ms": quantile(gaps, 0.5),
        "gap_p95_ms": quantile(gaps, 0.95),
        "late_pct": _rounded(
            100 * sum(each.decided is None or each.decided > LATE for each in outcomes) / count
        ),
        "over_bound_p50": quantile(ratios, 0.5, 3),
        "over_bound_p95": quantile(ratios, 0.95, 3),
        "tokens_ratio": _rounded(
            sum(each.tokens for each in outcomes) / sum(each.ideal for each in outcomes), 2
        ),
        "wasted_requests_per_turn": _rounded(sum(each.wasted for each in outcomes) / count, 2),
        "lost_words": sum(each.lost for each in outcomes),
        "wrong_words": sum(each.wrong for each in outcomes),
        "unanswered": count - len(gaps),
    }


def quantile(ordered: Sequence[float], share: float, digits: int = 1) -> float | None:
    """Return one of the values in order, None of nothing."""
    return _rounded(ordered[round(share * (len(ordered) - 1))], digits) if ordered else None


def _rounded(value: float, digits: int = 1) -> float:
    return round(value, digits)
