"""Wait for things to be released soon, on a machine that may be busy with other programs."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import TypeVar

from voicebot.run_delay import thread_run_delays, waiting_threads

LeftT = TypeVar("LeftT")

_POLL = 0.01
_SLOW_POLL = 0.025
"""Pause between later polls, as a share of the limit if that is longer: looking for processes takes time."""
_QUICK_POLLS = 3
_LEAST_POLLS = 15
"""Least number of polls: what has to end may get no processor time for a while."""
_MOST_DELAY = 10
"""How many times the limit the processor may be withheld from the threads of this process."""


async def poll_until_empty(
    left: Callable[[], LeftT],
    limit: float,
    delays: Callable[[], dict[str, float]] = thread_run_delays,
    waiting: Callable[[], frozenset[tuple[str, bytes]]] = waiting_threads,
) -> LeftT:
    """Poll until nothing is left or `limit` seconds have passed; return what is left then.

    Time in which a thread of this process was ready to run while other programs had the processor does not
    count, up to ten times the limit.

    Args:
        delays: returns the run delay of each thread so far, in seconds.
        waiting: returns the threads that are ready to run, with how long each has run. A delay is known only
            when it is over, so a thread that has not run since the last poll counts as delayed ever since.
    """
    loop = asyncio.get_running_loop()
    for _ in range(_QUICK_POLLS):
        if not (found := left()):
            return found
        await asyncio.sleep(_POLL)
    gc.collect()  # drops what only a reference cycle holds
    deadline = loop.time() + limit
    latest = deadline + _MOST_DELAY * limit
    polls = 0
    pause = max(_POLL, _SLOW_POLL * limit)
    while (found := left()) and (polls < _LEAST_POLLS or loop.time() < min(deadline, latest)):
        polls += 1
        began, before, still = loop.time(), delays(), waiting()
        await asyncio.sleep(pause)
        starved = loop.time() - began if still & waiting() else 0.0
        deadline += max(starved, _most_delayed(before, delays()))
    return found


def _most_delayed(before: dict[str, float], after: dict[str, float]) -> float:
    """Return for how many seconds the thread that was delayed most was delayed since then."""
    return max((delay - before[thread] for thread, delay in after.items() if thread in before), default=0.0)
