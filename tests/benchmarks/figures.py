"""Small sums over measured times."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any


def spread(seconds: Sequence[float], digits: int = 2) -> dict[str, float] | None:
    """Return count, percentiles and extremes in milliseconds, or None of nothing."""
    ordered = sorted(second * 1000 for second in seconds)
    if not ordered:
        return None

    def at(share: float) -> float:
        return round(ordered[round(share * (len(ordered) - 1))], digits)

    return {
        "n": len(ordered),
        "p50": at(0.5),
        "p90": at(0.9),
        "p99": at(0.99),
        "min": at(0.0),
        "max": at(1.0),
    }


def middle(values: Sequence[float]) -> float | None:
    """Return the median, one of the values."""
    return sorted(values)[len(values) // 2] if values else None


def resident_bytes() -> int:
    """Return the memory that this process holds."""
    statm = Path("/proc/self/statm")
    if sys.platform == "linux" and statm.exists():  # psutil would be part of what it measures
        import os

        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    import psutil

    return int(psutil.Process().memory_info().rss)


async def until(reached: Callable[[], Any], seconds: float, step: float = 0.002) -> bool:
    """Wait until something is reached, at most some seconds; return whether it was."""
    end = time.perf_counter() + seconds
    while not reached():
        if time.perf_counter() > end:
            return False
        await asyncio.sleep(step)
    return True
