"""Wait for things to be released soon, on a machine that may be busy with other programs."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import TypeVar

LeftT = TypeVar("LeftT")

_POLL = 0.01
_QUICK_POLLS = 3
_LEAST_POLLS = 15
"""Least number of polls: what has to end may get no processor time for a while."""


async def poll_until_empty(left: Callable[[], LeftT], limit: float) -> LeftT:
    """Poll until nothing is left or `limit` seconds have passed; return what is left then."""
    loop = asyncio.get_running_loop()
    for _ in range(_QUICK_POLLS):
        if not (found := left()):
            return found
        await asyncio.sleep(_POLL)
    gc.collect()  # drops what only a reference cycle holds
    deadline = loop.time() + limit
    polls = 0
    while (found := left()) and (polls < _LEAST_POLLS or loop.time() < deadline):
        polls += 1
        await asyncio.sleep(_POLL)
    return found
