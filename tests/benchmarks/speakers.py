"""How simulated speakers pause: as long as people do, and each speaker much as long each time."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist

SURVIVAL = ((0.2, 1.0), (0.3, 0.556), (0.6, 0.217), (1.0, 0.10), (1.6, 0.05), (2.5, 0.0128))
"""Seconds, and the share of the pauses within turns that last longer.

From livekit/eot-bench, English: it counts the 705 pauses of 0.2 to 5 s within 400 turns. A bot that waits for
so much silence cuts off so many; the last point is a run there whose only rule was a limit of 2.5 s.
"""
LONGEST = 5.0
"""Seconds of the longest pause that eot-bench counts."""
ALIKE = 0.3
"""The correlation of two pauses of one speaker, once all pauses are mapped to a normal distribution.

Assumed. Recorded speech has 0.17 (95 %: -0.05 to 0.35; 108 pauses in 39 recordings, logarithms of seconds).
"""
WORDS_PER_SECOND = (2.5, 3.5)


@dataclass(frozen=True, slots=True)
class Speaker:
    """One user.

    Args:
        words_per_second: how fast this user speaks.
        pausing: how much longer than others this user pauses, in standard deviations.
    """

    words_per_second: float
    pausing: float

    @classmethod
    def drawn(cls, draw: random.Random) -> Speaker:
        """Draw a speaker."""
        return cls(draw.uniform(*WORDS_PER_SECOND), draw.gauss(0, 1))

    def pause(self, draw: random.Random) -> float:
        """Draw the seconds of a pause. Over all speakers, pauses have the distribution `SURVIVAL`."""
        longer = math.sqrt(ALIKE) * self.pausing + math.sqrt(1 - ALIKE) * draw.gauss(0, 1)
        return min(quantile(SURVIVAL, NormalDist().cdf(-longer)), LONGEST)


def quantile(survival: Sequence[tuple[float, float]], share: float) -> float:
    """Return the seconds that `share` of the pauses are longer than.

    The hazard is constant between two points, and after the last one as before it.
    """
    pieces = list(pairwise(survival))
    piece = next((each for each in pieces if share >= each[1][1]), pieces[-1])
    (shorter, more), (longer, fewer) = piece
    return shorter + (longer - shorter) * math.log(more / share) / math.log(more / fewer)
