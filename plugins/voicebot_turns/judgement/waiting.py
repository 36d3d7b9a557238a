"""The silence that costs least: each second of it costs patience, and too little of it cuts people off.

With the probability p that the turn is over, waiting for w seconds costs p * price * w + (1 - p) * S(w),
where S(w) is the share of pauses that are longer. Pauses are as long as livekit/eot-bench found them: S(w) is
(0.2 s / w) ** 1.4. The best w is then proportional to (habit ** 1.4 * (1 - p) / p) ** (1 / 2.4), where habit
is how long the user's pauses are relative to other people's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

_TAIL = 1.4
"""The exponent of a Pareto distribution from 0.2 s on: 56.7 % of pauses are longer than 0.3 s (55.6 % in
eot-bench), 21.5 % than 0.6 s (21.7), 10.5 % than 1.0 (10.0), 5.4 % than 1.6 (5.0), 2.9 % than 2.5 (1.3)."""
_MEDIAN = 0.33
"""The median of this distribution in seconds."""
_EVEN_SHARE = 0.11
"""Where the wait lies between the earliest and the latest if the turn is as likely over as not. With this, a
statement in a short turn waits as long as with the detector `transcript`."""
_HABIT = 5.0
"""As many pauses of other people count as much as those of the user. That is best if two pauses of one user
correlate with 1/6; it was 0.17 in recorded natural speech."""
_LEAST_PAUSES = 2
"""One pause is no habit."""
_SHORTEST_PAUSE = 0.05


def best_wait(over: float, earliest: float, latest: float, habit: float = 1.0) -> float:
    """Return the seconds of silence that cost least, between the earliest and the latest.

    The bounds also set the price: where nothing is known, a patient bot waits longer.

    Args:
        over: the probability that the turn is over, above 0 and below 1.
        habit: how long this user's pauses are relative to other people's.
    """
    even = earliest + _EVEN_SHARE * (latest - earliest)
    wait: float = even * (habit**_TAIL * (1 - over) / over) ** (1 / (1 + _TAIL))
    return min(max(wait, earliest), latest)


def habit_of(pauses: Sequence[float]) -> float:
    """Return how long a user's pauses are relative to other people's: a ratio, 1 while no habit is known."""
    if len(pauses) < _LEAST_PAUSES:
        return 1.0
    logs = [math.log(max(pause, _SHORTEST_PAUSE) / _MEDIAN) for pause in pauses]
    return math.exp(sum(logs) / (len(logs) + _HABIT))
