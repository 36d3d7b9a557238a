"""The event loop of a check: it counts its iterations, and lets a recorder time them."""

from __future__ import annotations

import asyncio
import selectors
import sys
from contextvars import ContextVar
from typing import Protocol


class IterationRecorder(Protocol):
    """Records the iterations of a loop, in the loop's own thread."""

    def iteration_started(self) -> None:
        """Record that the loop has begun to work."""

    def iteration_ended(self) -> None:
        """Record that the loop waits again."""


class CountingSelector(selectors.DefaultSelector):
    """The selector a loop waits in: between two waits, it works."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self.working: int | None = 0
        """The number of the current iteration; None while the loop waits."""
        self.recorder: IterationRecorder | None = None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait, and inform the recorder."""
        if self.recorder is not None:
            self.recorder.iteration_ended()
        self.working = None
        try:
            return super().select(timeout)
        finally:
            self._count += 1
            self.working = self._count
            if self.recorder is not None:
                self.recorder.iteration_started()


_selector: ContextVar[CountingSelector | None] = ContextVar("selector", default=None)


def current_selector() -> CountingSelector | None:
    """Return the selector of the calling check's loop; None on Windows, whose loop has none."""
    return _selector.get()


def new_loop() -> tuple[asyncio.AbstractEventLoop, CountingSelector | None]:
    """Return a new loop and its selector, where it has one."""
    if sys.platform == "win32":
        return asyncio.new_event_loop(), None
    selector = CountingSelector()
    _selector.set(selector)
    return asyncio.SelectorEventLoop(selector), selector
