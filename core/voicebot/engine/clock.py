"""The conversation's clock: the event loop's where sound is live, the recording's where it is not."""

from __future__ import annotations

import asyncio


class Clock:
    """Seconds since the conversation began.

    A recording is heard faster than real time; patience must then be measured in its own seconds. Its
    clock advances with the sound, and with real time while the recording waits for the bot.
    """

    def __init__(self, *, live: bool) -> None:
        self.live = live
        self._loop = asyncio.get_running_loop()
        self._started = self._loop.time()
        self._heard = 0.0
        self._held_since: float | None = None

    def now(self) -> float:
        """Return seconds since the conversation began."""
        if self.live:
            return self._loop.time() - self._started
        held = 0.0 if self._held_since is None else self._loop.time() - self._held_since
        return self._heard + held

    def advance(self, seconds: float) -> None:
        """Let the time of a recording pass."""
        self._heard += seconds

    def hold(self) -> None:
        """Stop the recording: real time passes until `release`."""
        if not self.live:
            self._held_since = self._loop.time()

    def release(self) -> None:
        """Let the recording go on."""
        if self._held_since is not None:
            self._heard += self._loop.time() - self._held_since
            self._held_since = None
