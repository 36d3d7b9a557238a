"""A bounded queue between one writer and one reader: sound passes here, so it does only what that takes."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Pipe(Generic[T]):
    """Holds at most `size` items, or any number when `size` is None."""

    def __init__(self, size: int | None) -> None:
        self._size = size
        self._items: deque[T] = deque()
        self._waiter: asyncio.Future[None] | None = None  # one is enough: it is never both full and empty

    @property
    def full(self) -> bool:
        """Whether `put` would wait."""
        return self._size is not None and len(self._items) >= self._size

    async def put(self, item: T) -> None:
        """Add an item; wait while the pipe is full."""
        while self.full:
            await self._wait()
        self._items.append(item)
        self._wake()

    async def get(self) -> T:
        """Take the oldest item; wait while there is none."""
        while not self._items:
            await self._wait()
        self._wake()
        return self._items.popleft()

    async def _wait(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        await self._waiter

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)
