"""The clock of a conversation: that of the event loop, or a recording's own."""

from __future__ import annotations

import asyncio


class Clock:
    """Seconds since the conversation began.

    A recording is read faster than real time, but patience is measured in its own seconds. Its clock advances
    with the sound, and with real time while the recording waits for the bot.

    Args:
        live: False for a recording; lines from a pipe have no time of their own, so for them it is True.
    """

    def __init__(self, *, live: bool) -> None:
        self.live = live
        self._loop = asyncio.get_running_loop()
        self._started = self._loop.time()
        self._heard = 0.0
        self._held_since: float | None = None

    def now(self) -> float:
        """Return the seconds since the conversation began."""
        if self.live:
            return self._loop.time() - self._started
        held = 0.0 if self._held_since is None else self._loop.time() - self._held_since
        return self._heard + held

    def advance(self, seconds: float) -> None:
        """Move the clock of a recording forward."""
        self._heard += seconds

    def hold(self) -> None:
        """Let real time pass until `release`: the recording waits."""
        if not self.live:
            self._held_since = self._loop.time()

    def release(self) -> None:
        """Let the recording continue."""
        if self._held_since is not None:
            self._heard += self._loop.time() - self._held_since
            self._held_since = None
