"""One client's visit: connects the protocol with the session's conversation."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from uuid import uuid4

from voicebot import ToolCall, ToolStarted
from voicebot_serve.realtime.client.commands import (
    Begin,
    Command,
    DiscardSpeech,
    FinishSpeech,
    Forget,
    Instruct,
    KeepOutput,
    NowPlaying,
    OfferTools,
    ReleaseOutputs,
    StoppedPlaying,
)
from voicebot_serve.realtime.client.events import read
from voicebot_serve.realtime.client.requests import ClientRequests
from voicebot_serve.realtime.client_tools import ClientTools
from voicebot_serve.realtime.event import Event
from voicebot_serve.realtime.refusal import InvalidEvent
from voicebot_serve.realtime.server.happenings import Happenings
from voicebot_serve.realtime.state import SessionState
from voicebot_serve.sessions.outbox import Outgoing
from voicebot_serve.sessions.session import Session
from voicebot_serve.store.kept_session import KeptSession

_AHEAD = 0.3
"""Seconds of sound that are sent before they are due: what was sent, a client of OpenAI drops only when the
user interrupts the bot."""


class Visit:
    """A visit from `session.created` to the end.

    Args:
        session: has not begun its conversation.
        extension: whether the client wants the events whose names begin with `voicebot.`.
    """

    def __init__(self, session: Session, *, extension: bool) -> None:
        kept = session.kept
        # A client that comes back still knows the items of before.
        unique = uuid4().hex if kept is not None and kept.returned else session.id
        self.state = SessionState(
            unique,
            session.name,
            session.allowed,
            extension=extension,
            returning=_returning(kept) if kept is not None else None,
        )
        if kept is not None and kept.settings:
            self.state.settings = self.state.settings.with_kept(kept.settings)
        self._session = session
        self._requests = ClientRequests(self.state)
        self._happenings = Happenings(self.state)
        self._tools = ClientTools(self._asked)
        self._calls: dict[str, ToolCall] = {}
        """Calls of the client's functions that it has not been told of."""
        self._started: set[str] = set()
        """Calls of which the conversation has said that they began."""
        self._changed = session.outbox.changed
        self._is_over = False
        self.state.describe("session.created")

    def receive(self, payload: str | bytes) -> None:
        """Take a message of the client.

        Raises:
            InvalidEvent: it means nothing; the client has been told.
            InputOverflow: more comes than can be heard.
        """
        try:
            self._do(self._commands(payload))
        finally:
            if self.state.unsent:  # sound, which is most of what comes, is not answered
                self._changed.set()

    def begin(self) -> None:
        """Begin the conversation, if it has not begun."""
        self._do(self._requests.begin())

    def end(self) -> None:
        """Send no more, and hang up."""
        self._is_over = True
        self._changed.set()
        if self._session.has_begun:
            self._session.stream.hang_up()

    async def events(self) -> AsyncGenerator[Event, None]:
        """Yield the events to send, until the end: what the client is answered, and what happens."""
        outbox, unsent = self._session.outbox, self.state.unsent
        while True:
            while (each := outbox.take()) is not None:
                self._observe(each)
            if unsent:
                yield unsent.popleft()
            elif self._is_over:
                return
            elif outbox.is_over:
                if self._session.failed:
                    self.state.say.failed("conversation_failed", "The conversation cannot go on.")
                self.end()
            else:
                self._changed.clear()
                await self._changed.wait()

    def _observe(self, each: Outgoing) -> None:
        self._happenings.observe(each)
        if isinstance(each, ToolStarted):
            self._started.add(each.id)
            self._tell_call(each.id)
        if not self._session.outbox.has_more:
            self._happenings.flush()

    def _commands(self, payload: str | bytes) -> list[Command]:
        """Answer a message; return what it does to the conversation."""
        before = self.state.settings
        try:
            commands = self._requests.receive(read(payload))
        except InvalidEvent as refusal:
            self.state.say.refused(refusal)
            if refusal.is_junk:
                raise
            return []
        if self.state.settings is not before:
            self._keep_settings()
        return commands

    def _keep_settings(self) -> None:
        if self._session.kept is not None:
            self._session.kept.settings = self.state.settings.to_keep()

    def _asked(self, call: ToolCall) -> None:
        self._calls[call.id] = call
        self._tell_call(call.id)

    def _tell_call(self, call_id: str) -> None:
        """Tell the client of a call, once everything before it was told."""
        if call_id in self._started and (call := self._calls.pop(call_id, None)) is not None:
            self._started.discard(call_id)
            self._happenings.call(call.id, call.name, call.arguments)
            if not self._session.outbox.has_more:
                self._happenings.flush()
            self._changed.set()

    def _do(self, commands: list[Command]) -> None:
        for command in commands:
            if isinstance(command, Begin):
                self._begin()
            else:
                self._do_one(command)

    def _begin(self) -> None:
        settings, of_bot = self.state.settings, self._session.bot.now.settings
        self._session.begin(
            settings.input.sound,
            settings.output.sound,
            settings=None if settings.greets else of_bot.model_copy(update={"greeting": ""}),
            toolsets=[self._tools],
            takes_back=settings.extension,
            ahead=_AHEAD,
        )

    def _do_one(self, command: Command) -> None:
        stream, history = self._session.stream, self._session.conversation.history
        match command:
            case Begin():
                raise RuntimeError("the conversation has begun")
            case bytes():
                stream.receive(command)
            case FinishSpeech():
                stream.finish_speech()
            case DiscardSpeech():
                stream.discard_turn()
            case Instruct(instructions):
                history.instruct(instructions)
                self._session.bot.instructions = instructions  # also when the bot changes
            case OfferTools():
                self._tools.offer(self.state.settings.engine_tools())
            case KeepOutput(call_id, output):
                self.state.kept_outputs += self._tools.keep(call_id, output)
            case ReleaseOutputs():
                self._tools.release()
            case Forget(role, text):
                history.forget(role, text)
            case StoppedPlaying(position):
                stream.stopped_playing(position)
            case NowPlaying(position):
                stream.is_playing(position)
            case _:
                stream.put(command)


def _returning(kept: KeptSession) -> Event:
    """Return what a client needs to come back, and what it finds when it has."""
    messages = [{"role": each.role, "text": each.content} for each in kept.messages]
    if kept.question:
        messages.append({"role": "user", "text": kept.question})
    return {"resume": kept.token, "resumed": kept.returned, "turns": kept.turns, "messages": messages}
