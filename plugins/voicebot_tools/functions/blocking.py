"""Whether an asynchronous function blocks the event loop."""

from __future__ import annotations

import time
import types
from collections.abc import Awaitable, Callable, Generator
from functools import partial
from typing import Any

MOST = 0.5
"""Seconds that a step may take; a busy machine lets even a good one wait for a while."""


class StepTimer:
    """Times the steps of an awaitable, from one suspension to the next; `longest` is in seconds.

    While a step runs, nothing else does: no sound is played, and nobody is heard.
    """

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self.longest = 0.0

    @types.coroutine
    def timed(self, awaitable: Awaitable[Any]) -> Generator[Any, Any, Any]:
        """Wait for an awaitable and return its value."""
        steps: Any = awaitable if hasattr(awaitable, "send") else awaitable.__await__()
        step: Callable[[], Any] = (
            partial(next, steps) if not hasattr(steps, "send") else partial(steps.send, None)
        )
        while True:
            began = self._now()
            try:
                waits_for = step()
            except StopIteration as end:
                return end.value
            finally:
                self.longest = max(self.longest, self._now() - began)
            try:
                sent = yield waits_for
            except BaseException as error:  # a cancellation, which the function has to see
                step = partial(steps.throw, error)
            else:
                step = partial(steps.send, sent)
