"""What a client has sent in one turn and the emulator has not heard yet."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TypeAlias

MOST_WAITING = 2**21
"""Bytes of sound that may wait to be heard: a minute of it."""
_MESSAGE_OVERHEAD = 100
"""Bytes that a message counts for in addition to its sound."""


@dataclass(frozen=True, slots=True)
class Commit:
    """The client asks for a final transcript of the open segment."""

    token: str


Input: TypeAlias = bytes | Commit
"""Sound, or a commit; empty sound ends the turn."""


class Inbox:
    """A queue of input, bounded by its size in bytes."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Input] = asyncio.Queue()
        self._size = 0
        self._room = asyncio.Event()
        self._closed = False

    async def put(self, item: Input) -> None:
        """Add an item; wait while the queue is full. A closed inbox drops it."""
        while self._size > MOST_WAITING and not self._closed:
            self._room.clear()
            await self._room.wait()
        if not self._closed:
            self._size += _size(item)
            self._queue.put_nowait(item)

    async def get(self) -> Input:
        """Remove and return the oldest item."""
        item = await self._queue.get()
        self._size -= _size(item)
        self._room.set()
        return item

    def close(self) -> None:
        """Drop what is added from now on."""
        self._closed = True
        self._room.set()


def _size(item: Input) -> int:
    return _MESSAGE_OVERHEAD + (len(item) if isinstance(item, bytes) else 0)
