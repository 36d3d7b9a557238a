"""A flag to wait for, small enough for a conversation to hold many."""

from __future__ import annotations

import asyncio


class Latch:
    """Like `asyncio.Event`, but without its deque, which takes 600 bytes even when empty."""

    __slots__ = ("_is_set", "_waiters")

    def __init__(self) -> None:
        self._is_set = False
        self._waiters: list[asyncio.Future[None]] = []

    def is_set(self) -> bool:
        """Return whether `wait` returns at once."""
        return self._is_set

    def set(self) -> None:
        """Wake every waiting task; later calls of `wait` return at once until `clear`."""
        self._is_set = True
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    def clear(self) -> None:
        """Make `wait` wait for the next `set`."""
        self._is_set = False

    async def wait(self) -> None:
        """Wait until it is set."""
        if self._is_set:
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            await waiter
        finally:
            self._waiters.remove(waiter)
