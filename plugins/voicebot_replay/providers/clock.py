"""What time it is in the conversation that is replayed."""

from __future__ import annotations

import asyncio


class ReplayClock:
    """Seconds of the conversation; it stands at 0 until it is started."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._started: float | None = None

    def start(self) -> None:
        """Begin the conversation."""
        self._started = self._loop.time()

    def now(self) -> float:
        """Return the seconds since the conversation began."""
        return self._loop.time() - self._started if self._started is not None else 0.0

    async def until(self, at: float) -> None:
        """Wait until a second of the conversation."""
        if (seconds := at - self.now()) > 0:
            await asyncio.sleep(seconds)
