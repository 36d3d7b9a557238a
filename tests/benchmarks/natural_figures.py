"""What turn detectors did at labelled points: the curve of cut-offs against waits, with its intervals.

A policy is a detector at one patience. Its mean wait is over the ends, its cut-offs are the share of all
pauses that last longer than its wait. A detector's curve consists of those of its policies that no other one
beats in both; nothing is interpolated between them, so each pair was reached with a setting that exists.
`cut_off_at_0.6` is the least share among the policies with a mean wait of at most 0.6 s, and
`wait_at_5_percent` the least mean wait among those that cut off at most 5 %.

The intervals are of 95 %, by the percentiles of a bootstrap over recordings (Efron and Tibshirani, An
Introduction to the Bootstrap, chapter 13): as many recordings are drawn with replacement, and the figure is
worked out again, with the best policies of that draw. A draw without the pauses or ends that a figure needs
is left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from natural_points import Point
from numpy.typing import NDArray
from pause_chart import frontier
from turn_policies import Policy

Floats = NDArray[np.float64]
WAIT = 0.6
SHARE = 0.05
_TINY = 1e-9
"""Seconds or shares that rounding may add to a mean."""
_INTERVAL = (0.025, 0.975)


@dataclass(frozen=True)
class Measured:
    """The waits of one detector: a row for each policy, a column for each point."""

    policies: Sequence[Policy]
    waits: Floats


class Part:
    """Some points, such as those of one source, and the draws of their recordings.

    Args:
        points: all that were asked about, in the order of the columns of `Measured.waits`.
        draws: how many samples of recordings to draw.
        seed: of the draws; the same for all detectors, so that they are compared draw by draw.
        source: whose points belong to it; None for all.
    """

    def __init__(self, points: Sequence[Point], draws: int, seed: int, source: str | None = None) -> None:
        columns = [at for at, point in enumerate(points) if source in {None, point.source}]
        files = [points[at].file for at in columns]
        recordings = sorted(set(files))
        of_point = [recordings.index(file) for file in files]
        is_pause = np.array([points[at].kind == "pause" for at in columns])
        self.recordings = len(recordings)
        self._columns, self._is_pause = np.array(columns), is_pause
        self._seconds = np.array([points[at].seconds or 0.0 for at in columns])
        drawn = np.random.default_rng(seed).multinomial(
            self.recordings, np.full(self.recordings, 1 / self.recordings), draws
        )
        once = np.ones((1, self.recordings), dtype=drawn.dtype)
        weights: Floats = np.concatenate([once, drawn])[:, of_point].astype(np.float64)
        self._of_pauses, self._of_ends = weights * is_pause, weights * ~is_pause
        self._pauses, self._ends = _total(self._of_pauses), _total(self._of_ends)

    @property
    def pauses(self) -> int:
        """How many pauses there are."""
        return int(self._is_pause.sum())

    @property
    def ends(self) -> int:
        """How many ends there are."""
        return len(self._is_pause) - self.pauses

    def shorter_pauses(self, seconds: float) -> int:
        """Return how many pauses are shorter."""
        return int((self._is_pause & (self._seconds < seconds)).sum())

    def mean_waits(self, waits: Floats) -> Floats:
        """Return the mean over the ends: a column for each policy; rows are the points, then the draws."""
        means: Floats = self._of_ends @ waits[:, self._columns].T / self._ends
        return means

    def cut_offs(self, waits: Floats) -> Floats:
        """Return the share of pauses that are cut off, in the same form."""
        shares: Floats = self._of_pauses @ (self._seconds > waits[:, self._columns]).T / self._pauses
        return shares

    def longer_pauses(self, seconds: Floats) -> Floats:
        """Return the share of pauses that last longer than one policy's `mean_waits`."""
        longer = self._seconds > seconds[:, None] + _TINY
        shares: Floats = (self._of_pauses * longer).sum(axis=1) / self._pauses[:, 0]
        return np.where(np.isnan(seconds), math.nan, shares)


def _total(weights: Floats) -> Floats:
    total = weights.sum(axis=1, keepdims=True)
    return np.where(total > 0, total, math.nan)


class Figures:
    """The figures of a detector for some points.

    Arrays hold the figure for the points as they are first, then that of each draw.
    """

    def __init__(self, part: Part, measured: Measured, hang_over: float) -> None:
        self._part, self._hang_over, self._policies = part, hang_over, measured.policies
        self.mean_waits, self.cut_offs = part.mean_waits(measured.waits), part.cut_offs(measured.waits)
        known = ~np.isnan(self.mean_waits[:, 0] + self.cut_offs[:, 0])
        quick, sparing = self.mean_waits <= WAIT + _TINY, self.cut_offs <= SHARE + _TINY
        self.cut_off_at = np.where(known, np.where(quick, self.cut_offs, math.inf).min(axis=1), math.nan)
        self.wait_at = np.where(known, np.where(sparing, self.mean_waits, math.inf).min(axis=1), math.nan)

    def curve(self) -> list[tuple[float, float]]:
        """Return the (mean wait in seconds, share of pauses cut off) that no other policy beats in both."""
        pairs = zip(self.mean_waits[0].tolist(), self.cut_offs[0].tolist(), strict=True)
        return frontier([pair for pair in pairs if not math.isnan(sum(pair))])

    def of_detector(self, silence: Figures) -> dict[str, Any]:
        """Return the curve and its figures, the same for all policies of the detector.

        Args:
            silence: the figures of constant silence for the same points.
        """
        curve = self.curve()
        quick = [pair for pair in curve if pair[0] <= WAIT + _TINY][-1:]
        sparing = [pair for pair in curve if pair[1] <= SHARE + _TINY][:1]
        return {
            "curve": [[round(wait, 4), round(share, 4)] for wait, share in curve],
            **_with_interval(f"cut_off_at_{WAIT:g}", self.cut_off_at),
            f"patience_at_{WAIT:g}": self._patience_of(quick),
            **_with_interval(
                f"more_than_silence_at_{WAIT:g}", _difference(self.cut_off_at, silence.cut_off_at)
            ),
            **_with_interval(f"wait_at_{100 * SHARE:g}_percent", self.wait_at),
            f"patience_at_{100 * SHARE:g}_percent": self._patience_of(sparing),
        }

    def _patience_of(self, reached: list[tuple[float, float]]) -> str | None:
        """Return the patience of the first policy that reaches a pair of the curve."""
        pairs = list(zip(self.mean_waits[0].tolist(), self.cut_offs[0].tolist(), strict=True))
        return self._policies[pairs.index(reached[0])].words if reached else None

    def of_policy(self, number: int) -> dict[str, Any]:
        """Return the figures of one policy, alone and against constant silence of the same mean wait."""
        waits, cut_offs = self.mean_waits[:, number], self.cut_offs[:, number]
        silence = self._part.longer_pauses(waits)
        return {
            "recordings": self._part.recordings,
            "pauses": self._part.pauses,
            "unnoticed_pauses": self._part.shorter_pauses(self._hang_over),
            "ends": self._part.ends,
            **_with_interval("mean_wait", waits),
            **_with_interval("cut_off", cut_offs),
            **_with_interval("silence_cut_off", silence),
            **_with_interval("more_than_silence", _difference(cut_offs, silence)),
        }


def _difference(ours: Floats, theirs: Floats) -> Floats:
    """Return the difference, not a number where neither is known or reached."""
    with np.errstate(invalid="ignore"):
        return ours - theirs


def _with_interval(name: str, values: Floats) -> dict[str, Any]:
    """Return a figure and its interval; None for one that is unknown or that no policy reaches."""
    known = values[1:][~np.isnan(values[1:])]
    ends = np.quantile(known, _INTERVAL, method="inverted_cdf").tolist() if len(known) else [math.nan] * 2
    return {name: _rounded(float(values[0])), f"{name}_interval": [_rounded(end) for end in ends]}


def _rounded(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None
