"""The keys that a caller presses, as lines: "4711" is one thing to say, and not four."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_PAUSE = 2.0
"""Seconds without a key after which a line is complete."""
_END = "#"
_MOST = 100
"""Keys of a line; those that follow without a pause are left out."""


class KeyLine:
    """Collects keys until `#` or a pause; `#` alone is a line too.

    Args:
        say: called with each complete line.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._keys = ""
        self._timer: asyncio.TimerHandle | None = None

    def press(self, key: str) -> None:
        """Add a key."""
        self.cancel()
        if key == _END:
            self._complete(self._keys or _END)
        else:
            self._keys = (self._keys + key)[:_MOST]
            self._timer = asyncio.get_running_loop().call_later(_PAUSE, self._complete, self._keys)

    def cancel(self) -> None:
        """Stop waiting for the pause."""
        if self._timer is not None:
            self._timer.cancel()

    def _complete(self, line: str) -> None:
        self._keys = ""
        self._say(line)
