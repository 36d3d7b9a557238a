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
        self._queue: deque[Outgoing] = deque()
        self._changed = asyncio.Event()
        self._closed = asyncio.Event()

    @property
    def has_more(self) -> bool:
        """Whether there is something to send at once."""
        return bool(self._queue)

    def put(self, each: Outgoing) -> None:
        """Add something."""
        self._queue.append(each)
        self._changed.set()

    def close(self) -> None:
        """Nothing more will come; twice is harmless."""
        self._closed.set()
        self._changed.set()

    async def wait_until_closed(self) -> None:
        """Wait until nothing more will come."""
        await self._closed.wait()

    async def __aiter__(self) -> AsyncGenerator[Outgoing, None]:
        while True:
            while self._queue:
                yield self._queue.popleft()
            if self._closed.is_set():
                return
            self._changed.clear()
            await self._changed.wait()
