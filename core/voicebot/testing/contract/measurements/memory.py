"""How much memory piles up while nobody takes what a provider makes."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

from voicebot.testing.contract.failures import Unmet

LIMIT = 4_000_000
"""Bytes that a provider may hold for a consumer that has stopped taking."""
_POLL = 0.05
_CALM = 6
_LONGEST = 60


@contextmanager
def traced() -> Iterator[None]:
    """Have Python count the memory it hands out, while the block runs."""
    ours = not tracemalloc.is_tracing()
    if ours:
        tracemalloc.start()
    try:
        yield
    finally:
        if ours:
            tracemalloc.stop()


def traced_bytes() -> int:
    """Return the bytes that Python's objects take now."""
    return tracemalloc.get_traced_memory()[0]


async def ensure_bounded(before: int, what: str, most: int = LIMIT) -> None:
    """Insist that no more than `most` bytes pile up, until a moment passes in which nothing is added."""
    calm = 0
    last = traced_bytes()
    for _ in range(_LONGEST):
        await asyncio.sleep(_POLL)
        now = traced_bytes()
        calm = calm + 1 if now - last < 50_000 else 0
        last = now
        if now - before > most:
            gc.collect()
            if (now := traced_bytes()) - before > most:
                raise Unmet(
                    f"no more than {most / 1_000_000:.1f} MB held for {what}",
                    f"{(now - before) / 1_000_000:.1f} MB, and counting",
                )
        if calm >= _CALM:
            return
