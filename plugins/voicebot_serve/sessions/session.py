"""One client's visit: its conversation, and everything that has to be sent to it, in order."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from types import TracebackType
from typing import Any, Self, TypeAlias
from uuid import uuid4

from voicebot import (
    AudioFormat,
    Bot,
    Conversation,
    ConversationEnded,
    ConversationEvent,
    ProviderError,
    Settings,
    Toolset,
)
from voicebot_serve.sessions.client_stream import ClientStream
from voicebot_serve.sessions.output import Output
from voicebot_serve.sessions.owner import Owner

logger = logging.getLogger(__name__)
Outgoing: TypeAlias = Output | ConversationEvent
_LAST_WORDS = 5.0
"""Seconds that a conversation may take to end after its client has gone."""


class Session:
    """A client that was let in; an async context manager that ends its conversation.

    A transport calls `begin` when it knows in which format the client speaks, feeds `stream`, and sends what
    `outgoing` yields.

    Args:
        name: that of the bot in the address.
        bot: has been entered, and is shared by all sessions with it.
        longest: seconds after which the conversation is ended; None means never.
        farewell: what the bot says then.
    """

    def __init__(
        self, name: str, bot: Bot, owner: Owner, *, longest: float | None = None, farewell: str = ""
    ) -> None:
        self.id = uuid4().hex
        """Opaque and unique; that of the conversation."""
        self.name = name
        self.bot = bot
        self.owner = owner
        self.failed = False
        """Whether the conversation broke; why is in the log, and not for the client."""
        self._longest = longest
        self._farewell = farewell
        self._stream: ClientStream | None = None
        self._conversation: Conversation | None = None
        self._queue: deque[Outgoing] = deque()
        self._changed = asyncio.Event()
        self._is_over = False
        self._tasks = asyncio.TaskGroup()
        self._running: asyncio.Task[None] | None = None
        self._limit: asyncio.TimerHandle | None = None

    @property
    def has_begun(self) -> bool:
        """Whether there is a conversation."""
        return self._conversation is not None

    @property
    def stream(self) -> ClientStream:
        """What to feed with what the client sends.

        Raises:
            RuntimeError: the conversation has not begun.
        """
        if self._stream is None:
            raise RuntimeError("call `begin` first")
        return self._stream

    @property
    def conversation(self) -> Conversation:
        """The conversation.

        Raises:
            RuntimeError: it has not begun.
        """
        if self._conversation is None:
            raise RuntimeError("call `begin` first")
        return self._conversation

    def begin(
        self,
        microphone: AudioFormat,
        speaker: AudioFormat,
        *,
        settings: Settings | None = None,
        toolsets: Sequence[Toolset[Any]] = (),
        takes_back: bool = True,
        ahead: float = 1.0,
        delay: float = 0.05,
    ) -> None:
        """Begin the conversation; once.

        Args:
            microphone: format of the sound from the client; the engine resamples it.
            speaker: format of the sound to the client.
            settings: instead of the bot's.
            toolsets: beside the bot's, started already; the client's own tools.
            takes_back: whether the client drops sound when it is told to (`Cleared`) and plays on with what
                comes then. Otherwise sound is only taken back to end a reply.
            ahead: seconds of sound that may be sent before they are due.
            delay: seconds until the client plays what is sent to it, until that is known better.
        """
        if self._conversation is not None:
            raise RuntimeError("a session has one conversation")
        self._stream = stream = ClientStream(microphone, speaker, self._send, ahead=ahead, delay=delay)
        stream.takes_back = takes_back
        self._conversation = Conversation(self.bot, stream, settings=settings, toolsets=toolsets, id=self.id)
        self._events = self._conversation.events()
        self._tasks.create_task(self._follow(), name=f"session {self.id}: events")
        self._running = self._tasks.create_task(self._converse(), name=f"session {self.id}: conversation")
        if self._longest is not None:
            later = asyncio.get_running_loop().call_later
            self._limit = later(self._longest, self.end, self._farewell)

    def end(self, line: str = "") -> None:
        """Have the bot say a line, and end the conversation; `outgoing` ends after it."""
        if self._conversation is None:
            self._finish()
        else:
            self._conversation.end(line)

    async def outgoing(self) -> AsyncGenerator[Outgoing, None]:
        """Yield sound and events in the order in which they came about, until the conversation is over."""
        while True:
            while self._queue:
                yield self._queue.popleft()
            if self._is_over:
                return
            self._changed.clear()
            await self._changed.wait()

    @property
    def unsent(self) -> int:
        """How many pieces of sound and events wait for `outgoing`."""
        return len(self._queue)

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Hang up, and wait for the end of the conversation, but not for long."""
        if self._limit is not None:
            self._limit.cancel()
        if self._running is not None:
            self.conversation.stop()
            self.stream.hang_up()
            if error is None:
                await asyncio.wait([self._running], timeout=_LAST_WORDS)
            self._running.cancel()
        self._finish()
        await self._tasks.__aexit__(kind, error, traceback)

    async def _converse(self) -> None:
        try:
            await self.conversation.run()
        except ProviderError as error:
            self.failed = True
            logger.warning("conversation %s with %s could not go on: %s", self.id, self.name, error)

    async def _follow(self) -> None:
        async for event in self._events:
            self._queue.append(event)
            self._changed.set()
            if isinstance(event, ConversationEnded):
                break
        self._finish()

    def _send(self, output: Output) -> None:
        self._queue.extend(self._events.take())  # they came before the sound
        self._queue.append(output)
        self._changed.set()

    def _finish(self) -> None:
        self._is_over = True
        self._changed.set()
