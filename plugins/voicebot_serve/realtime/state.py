"""What the two directions of a session share: its settings, its items, and the response that is open."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping

from voicebot_serve.realtime.event import Event
from voicebot_serve.realtime.items import Item, Items
from voicebot_serve.realtime.server.events import ServerEvents
from voicebot_serve.realtime.server.response import Ending, Response
from voicebot_serve.realtime.server.user_audio import UserAudio
from voicebot_serve.realtime.session_settings import SessionSettings


class SessionState:
    """One client's session.

    Args:
        session_id: opaque.
        model: the name of the bot.
        allowed: what the client may change, as `serve.allow` of the config.
        extension: whether the client wants the events whose names begin with `voicebot.`.
        returning: what such a client is told in `session.created`, so that it can come back.
    """

    def __init__(
        self,
        session_id: str,
        model: str,
        allowed: Collection[str],
        *,
        extension: bool,
        returning: Event | None = None,
    ) -> None:
        self.unsent: deque[Event] = deque()
        """The events to send, in order."""
        self.say = ServerEvents(session_id, self.unsent.append)
        self.id = self.say.new_id("sess")
        self.model = model
        self.allowed = frozenset(allowed)
        self.settings = SessionSettings(extension=extension)
        self.items = Items()
        self.user = UserAudio(self.say, self.items)
        self.answering = 0
        """Number of the user's turn whose answer the client has been told of."""
        self.returning = returning or {}
        self.has_begun = False
        """Whether the conversation has begun."""
        self.response: Response | None = None
        """The response that is open."""
        self.cancelled: Item | None = None
        """The message that was being said when the client stopped the bot."""
        self.stopped: Item | None = None
        """The last message of which the user may not have heard everything."""
        self.kept_outputs = 0
        """Results of calls that wait for a response to be asked for."""
        self.is_cancelling = False
        """Whether the client has stopped the bot, and that has not happened yet."""
        self._conversation_id = self.say.new_id("conv")

    def describe(self, kind: str) -> None:
        """Send the session."""
        session = self.settings.as_object(self.id, self.model)
        if kind == "session.created" and self.settings.extension:
            session["voicebot"] |= self.returning
        self.say.say(kind, session=session)

    def open_response(self, metadata: Mapping[str, str] | None = None) -> Response:
        """Return the open response; open one if there is none."""
        if self.response is None:
            self.response = Response(
                self.say, self.items, self.settings.output, self._conversation_id, metadata
            )
        return self.response

    def close_response(self, ending: Ending | None = None) -> None:
        """Close the open response, if there is one."""
        response, self.response = self.response, None
        if response is not None:
            self.cancelled = response.message
            response.ending = ending or response.ending
            response.close()
