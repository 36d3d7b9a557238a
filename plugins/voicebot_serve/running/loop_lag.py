"""How late the event loop is, and whether that is so late that conversations would stutter."""

from __future__ import annotations

import asyncio
from collections import deque
from math import ceil

_EVERY = 0.05
_KEPT = 200
"""Samples: ten seconds."""
_RECENT = 40
"""Samples that decide about overload: two seconds."""
_TOO_LATE = 0.04
"""Seconds; a client has twice that in hand."""
_TOO_MANY = 8
"""Late samples among the recent ones that are an overload; a single stall, such as a load, is none."""


class LoopLag:
    """Measures the loop; `run` in a task."""

    def __init__(self) -> None:
        self._lags: deque[float] = deque(maxlen=_KEPT)

    async def run(self) -> None:
        """Measure until cancelled."""
        time = asyncio.get_running_loop().time
        while True:
            due = time() + _EVERY
            await asyncio.sleep(_EVERY)
            self.add(time() - due)

    def add(self, lag: float) -> None:
        """Add a sample: seconds that a timer was late."""
        self._lags.append(max(0.0, lag))

    @property
    def p99(self) -> float:
        """The lag that 99 of 100 timers of the last ten seconds did not exceed."""
        ranked = sorted(self._lags)
        return ranked[ceil(0.99 * len(ranked)) - 1] if ranked else 0.0

    @property
    def is_overloaded(self) -> bool:
        """Whether timers of the last two seconds were so late that another conversation would be heard."""
        recent = list(self._lags)[-_RECENT:]
        return sum(lag > _TOO_LATE for lag in recent) >= _TOO_MANY
