"""The silence that costs least: each second of it costs patience, and too little of it cuts people off.

Pauses within a turn are about as long as livekit/eot-bench found them. With the probability p that the turn
is over, waiting for w seconds costs p * price * w + (1 - p) * S(w), where S(w) is the share of pauses that
are longer. The best w is where the density of pauses has fallen to price * p / (1 - p).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

_MEDIAN, _SPREAD = 0.342, 0.937
"""A log-normal distribution near eot-bench's figures for silence alone: 55.6 % of pauses are longer than
0.3 s (here too), 21.7 % than 0.6 (here 27), 10 % than 1.0 (here 13), 5 % than 1.6 (here too)."""
_EVEN_SHARE = 0.15
"""Where the wait lies between the earliest and the latest if the turn is as likely over as not."""
_HABIT = 3.0
"""As many pauses of other people count as much as those of the user."""
_SHORTEST_PAUSE = 0.05
_STEPS = 30


def best_wait(over: float, earliest: float, latest: float, habit: float = 1.0) -> float:
    """Return the seconds of silence that cost least, between the earliest and the latest.

    The bounds also set the price: where nothing is known, a patient bot waits longer.

    Args:
        over: the probability that the turn is over, above 0 and below 1.
        habit: how long this user's pauses are relative to other people's.
    """
    if habit > 1.0:  # somebody who pauses long is never given less time than others
        return max(_best_wait(over, earliest, latest, habit), _best_wait(over, earliest, latest, 1.0))
    return _best_wait(over, earliest, latest, habit)


def _best_wait(over: float, earliest: float, latest: float, habit: float) -> float:
    """Return where the falling density of pauses reaches what a second of waiting costs."""
    price = _density(earliest + _EVEN_SHARE * (latest - earliest), 1.0)
    wanted = price * over / (1 - over)
    low, high = max(earliest, _mode(habit)), latest
    if high <= low:
        return latest
    if wanted >= _density(low, habit):
        return earliest
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _density(middle, habit) > wanted else (low, middle)
    return high


def habit_of(pauses: Sequence[float]) -> float:
    """Return how long a user's pauses are relative to other people's: a ratio, 1 while none are known."""
    logs = [math.log(max(pause, _SHORTEST_PAUSE) / _MEDIAN) for pause in pauses]
    return math.exp(sum(logs) / (len(logs) + _HABIT))


def _density(wait: float, habit: float) -> float:
    """Return the density of pauses at a length, per second."""
    z = math.log(max(wait, _SHORTEST_PAUSE) / (_MEDIAN * habit)) / _SPREAD
    return math.exp(-z * z / 2) / (max(wait, _SHORTEST_PAUSE) * _SPREAD * math.sqrt(2 * math.pi))


def _mode(habit: float) -> float:
    """Return the most frequent length of a pause, from which on the density falls."""
    return _MEDIAN * habit * math.exp(-_SPREAD * _SPREAD)
