"""How much memory a provider uses while nobody consumes its output."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

from voicebot.testing.contract.failures import Unmet

LIMIT = 4_000_000
"""Bytes that a provider may hold for a consumer that has stopped consuming."""
_POLL = 0.05
_STEADY_POLLS = 6
_MOST_POLLS = 60


@contextmanager
def traced() -> Iterator[None]:
    """Trace Python's memory allocations while the block runs.

    A provider must be opened and closed in the block: until Python 3.13.1, a thread that is not Python's and
    calls into Python just when tracing ends crashes the process (CPython issue 128679).
    """
    ours = not tracemalloc.is_tracing()
    if ours:
        tracemalloc.start()
    try:
        yield
    finally:
        if ours:
            tracemalloc.stop()


def traced_bytes() -> int:
    """Return the bytes allocated to Python objects now."""
    return tracemalloc.get_traced_memory()[0]


async def ensure_bounded(before: int, what: str, most: int = LIMIT) -> None:
    """Require that at most `most` bytes accumulate, until the size has been steady for a moment."""
    steady = 0
    last = traced_bytes()
    for _ in range(_MOST_POLLS):
        await asyncio.sleep(_POLL)
        now = traced_bytes()
        steady = steady + 1 if now - last < 50_000 else 0
        last = now
        if now - before > most:
            gc.collect()
            if (now := traced_bytes()) - before > most:
                raise Unmet(
                    f"at most {most / 1_000_000:.1f} MB held for {what}",
                    f"{(now - before) / 1_000_000:.1f} MB and growing",
                )
        if steady >= _STEADY_POLLS:
            return
