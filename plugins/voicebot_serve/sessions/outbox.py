"""Everything that has to be sent to one client, in order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from typing import TypeAlias

from voicebot import ConversationEvent
from voicebot_serve.sessions.output import Output

Outgoing: TypeAlias = Output | ConversationEvent


class Outbox:
    """A queue that is read once, and closed when the conversation is over."""

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        """Set when there is something to take, or nothing more will come; cleared by whoever reads."""
        self._queue: deque[Outgoing] = deque()
        self._closed = asyncio.Event()

    @property
    def has_more(self) -> bool:
        """Whether there is something to send at once."""
        return bool(self._queue)

    @property
    def is_over(self) -> bool:
        """Whether everything was taken and nothing more will come."""
        return self._closed.is_set() and not self._queue

    def put(self, each: Outgoing) -> None:
        """Add something."""
        self._queue.append(each)
        self.changed.set()

    def take(self) -> Outgoing | None:
        """Remove what comes next; return None if there is nothing at the moment."""
        return self._queue.popleft() if self._queue else None

    def close(self) -> None:
        """Nothing more will come; twice is harmless."""
        self._closed.set()
        self.changed.set()

    async def wait_until_closed(self) -> None:
        """Wait until nothing more will come."""
        await self._closed.wait()

    async def __aiter__(self) -> AsyncGenerator[Outgoing, None]:
        while True:
            while (each := self.take()) is not None:
                yield each
            if self.is_over:
                return
            self.changed.clear()
            await self.changed.wait()
