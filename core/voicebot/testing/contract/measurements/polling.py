"""Waiting for what is to be gone soon, on a machine that may be busy with other things."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import TypeVar

LeftT = TypeVar("LeftT")

_POLL = 0.01
_SOON = 3
_LOOKS = 15
"""So many looks at least, for what is to end may not run while the garbage is collected or others work."""


async def poll_until_empty(left: Callable[[], LeftT], limit: float) -> LeftT:
    """Return what is left: nothing as soon as nothing is, else what there is after `limit` seconds."""
    loop = asyncio.get_running_loop()
    for _ in range(_SOON):
        if not (found := left()):
            return found
        await asyncio.sleep(_POLL)
    gc.collect()  # what only a cycle holds is gone
    deadline = loop.time() + limit
    looks = 0
    while (found := left()) and (looks < _LOOKS or loop.time() < deadline):
        looks += 1
        await asyncio.sleep(_POLL)
    return found
