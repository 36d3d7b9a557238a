"""The event loop of a check: it counts its turns, and can be asked how long each of them took."""

from __future__ import annotations

import asyncio
import selectors
import sys
from contextvars import ContextVar
from typing import Protocol


class IterationRecorder(Protocol):
    """Takes note of the turns of a loop, in the loop's own thread."""

    def begins(self) -> None:
        """Take note that the loop has work to do."""

    def ends(self) -> None:
        """Take note that the work is done, and the loop waits."""


class CountingSelector(selectors.DefaultSelector):
    """What a loop waits with: between two waits, it works."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self.working: int | None = 0
        """The number of the turn in which the loop works; None while it waits."""
        self.recorder: IterationRecorder | None = None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait, and tell whoever takes note."""
        if self.recorder is not None:
            self.recorder.ends()
        self.working = None
        try:
            return super().select(timeout)
        finally:
            self._count += 1
            self.working = self._count
            if self.recorder is not None:
                self.recorder.begins()


_turns: ContextVar[CountingSelector | None] = ContextVar("turns", default=None)


def current_selector() -> CountingSelector | None:
    """Return the turns of the loop of the check that asks; None on Windows, whose loop is of another kind."""
    return _turns.get()


def new() -> tuple[asyncio.AbstractEventLoop, CountingSelector | None]:
    """Return a loop, and its turns where they are counted."""
    if sys.platform == "win32":
        return asyncio.new_event_loop(), None
    turns = CountingSelector()
    _turns.set(turns)
    return asyncio.SelectorEventLoop(turns), turns
