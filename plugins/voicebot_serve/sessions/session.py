"""One client's visit: its conversation, and everything that has to be sent to it, in order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from voicebot import (
    AudioFormat,
    Bot,
    Conversation,
    ConversationEvent,
    LiveBot,
    ProviderError,
    Settings,
    Toolset,
)
from voicebot_serve.sessions.client_stream import ClientStream
from voicebot_serve.sessions.heard_format import heard_format
from voicebot_serve.sessions.outbox import Outbox, Outgoing
from voicebot_serve.sessions.output import Cleared, Output, Sound
from voicebot_serve.sessions.owner import Owner
from voicebot_serve.sessions.session_bot import SessionBot
from voicebot_serve.store.kept_session import KeptSession

logger = logging.getLogger(__name__)
_LAST_WORDS = 5.0
"""Seconds that a conversation may take to end after its client has gone."""


class Session:
    """A client that was let in; an async context manager that ends its conversation.

    A transport calls `begin` when it knows in which format the client speaks, feeds `stream`, and sends what
    `outgoing` yields.

    Args:
        name: that of the bot in the address.
        bot: has been entered, and is shared by all sessions with it; it may change.
        longest: seconds after which the conversation is ended; None means never.
        farewell: what the bot says then.
        allowed: what the client may change, as `serve.allow` of the config.
        on_event: called with each event, before it is sent.
        kept: keeps what is needed to go on on another server, or gives it.
    """

    def __init__(
        self,
        name: str,
        bot: Bot | LiveBot,
        owner: Owner,
        *,
        longest: float | None = None,
        farewell: str = "",
        allowed: Collection[str] = (),
        on_event: Callable[[Session, ConversationEvent], None] | None = None,
        kept: KeptSession | None = None,
    ) -> None:
        self.id = kept.id if kept is not None else uuid4().hex
        """Opaque and unique; that of the conversation."""
        self.name = name
        self.bot = SessionBot(bot)
        self.owner = owner
        self.kept = kept
        self.allowed = frozenset(allowed)
        self.failed = False
        """Whether the conversation broke; why is in the log, and not for the client."""
        self._longest = longest
        self.farewell = farewell
        self._on_event = on_event
        self._stream: ClientStream | None = None
        self._conversation: Conversation | None = None
        self.outbox = Outbox()
        """Sound and events in the order in which they came about, until the conversation is over."""
        self._has_begun = asyncio.Event()
        self._tasks = asyncio.TaskGroup()
        self._running: asyncio.Task[None] | None = None
        self._following: asyncio.Task[None] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._limit: asyncio.TimerHandle | None = None

    @property
    def has_begun(self) -> bool:
        """Whether there is a conversation."""
        return self._conversation is not None

    @property
    def stream(self) -> ClientStream:
        """What to feed with what the client sends; RuntimeError before `begin`."""
        if self._stream is None:
            raise RuntimeError("call `begin` first")
        return self._stream

    @property
    def conversation(self) -> Conversation:
        """The conversation; RuntimeError before `begin`."""
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
            microphone: format of the sound from the client; it is resampled.
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
        kept = self.kept
        permit, heard = kept.permit if kept is not None else None, heard_format(self.bot.now)
        self._stream = stream = ClientStream(
            microphone, speaker, self._send, ahead=ahead, delay=delay, permit=permit, heard=heard
        )
        stream.takes_back = takes_back
        self._conversation = self.bot.conversation(stream, settings, toolsets, self.id, kept)
        self._events = self._conversation.events()
        self._following = self._tasks.create_task(self._follow(), name=f"session {self.id}: events")
        self._running = self._tasks.create_task(self._converse(), name=f"session {self.id}: conversation")
        self._running.add_done_callback(self._conversation_ended)
        if kept is not None:
            self._keep(kept, stream)
        self._has_begun.set()
        if self._longest is not None:
            later = asyncio.get_running_loop().call_later
            self._limit = later(self._longest, self.end, self.farewell)

    def end(self, line: str = "") -> None:
        """Have the bot say a line, and end the conversation; `outgoing` ends after it."""
        if self._conversation is None:
            self._has_begun.set()
            self.outbox.close()
        else:
            self._conversation.end(line)

    def _keep(self, kept: KeptSession, stream: ClientStream) -> None:
        kept.when_lost = self._lose
        self._keeping = self._tasks.create_task(kept.run(), name=f"session {self.id}: keep")
        kept.change()
        if kept.question:
            stream.receive_text(kept.question)

    def _lose(self) -> None:
        """End at once: the client goes on elsewhere."""
        self.conversation.stop()
        self.end()
        self.outbox.close()

    def outgoing(self) -> AsyncGenerator[Outgoing, None]:
        """Yield what is in `outbox`, until the conversation is over."""
        return aiter(self.outbox)

    async def wait_until_begun(self) -> None:
        """Wait until there is a conversation, or there will be none."""
        await self._has_begun.wait()

    async def wait_until_over(self) -> None:
        """Wait until the conversation is over, or will not begin."""
        await self.outbox.wait_until_closed()

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Hang up, and wait for the end of the conversation, but not for long."""
        if self._limit is not None:
            self._limit.cancel()
        try:
            if self._running is not None and not isinstance(error, asyncio.CancelledError):
                self.conversation.stop()
                self.stream.hang_up()
                await asyncio.wait([self._running], timeout=_LAST_WORDS)
        finally:
            for task in (self._running, self._keeping):
                if task is not None:
                    task.cancel()
            self.outbox.close()
            if isinstance(error, Exception):  # it passes as it is
                kind = error = traceback = None
            await self._tasks.__aexit__(kind, error, traceback)
            if self.kept is not None:
                await self.kept.finish()

    async def _converse(self) -> None:
        try:
            await self.conversation.run()
        except ProviderError as error:
            self.failed = True
            logger.warning("conversation %s with %s could not go on: %s", self.id, self.name, error)

    async def _follow(self) -> None:
        async for event in self._events:
            self._add(event)

    def _conversation_ended(self, _: asyncio.Task[None]) -> None:
        self.bot.close()
        self._take_events()
        self.outbox.close()
        if self._following is not None:
            self._following.cancel()

    def _send(self, output: Output) -> None:
        self._take_events()  # they came before the sound
        self._add(output)

    def _take_events(self) -> None:
        for event in self._events.take():
            self._add(event)

    def _add(self, each: Outgoing) -> None:
        if not isinstance(each, Sound | Cleared):
            if self.kept is not None:
                talk = self.conversation
                self.kept.observe(each, lambda: talk.history.said, lambda: talk.used)
            if self._on_event is not None:
                self._on_event(self, each)
        self.outbox.put(each)
