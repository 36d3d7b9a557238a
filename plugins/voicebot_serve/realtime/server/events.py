"""The events that are sent, each made in one place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from voicebot_serve.realtime.event import Event
from voicebot_serve.realtime.items import Item
from voicebot_serve.realtime.refusal import InvalidEvent

SENT: Final = {
    "session.created": "the first event, with the session as the config has it",
    "session.updated": "after `session.update`, with the session that is now in effect",
    "error": "an event of the client was refused, or the conversation cannot go on",
    "input_audio_buffer.speech_started": "the user speaks; over the bot, only when that interrupts it",
    "input_audio_buffer.speech_stopped": "the user fell silent, perhaps only for a pause",
    "input_audio_buffer.committed": "the user's turn is over, or the client has committed it",
    "input_audio_buffer.cleared": "after `input_audio_buffer.clear`",
    "output_audio_buffer.cleared": "after `output_audio_buffer.clear`; with extensions, whenever sound ends",
    "conversation.item.added": "an item begins",
    "conversation.item.done": "an item is complete",
    "conversation.item.retrieved": "after `conversation.item.retrieve`",
    "conversation.item.truncated": "after `conversation.item.truncate`",
    "conversation.item.deleted": "after `conversation.item.delete`",
    "conversation.item.input_audio_transcription.delta": "the user's words, all at once",
    "conversation.item.input_audio_transcription.completed": "the user's words",
    "response.created": "the bot is about to answer, or to speak on its own",
    "response.output_item.added": "a message or a call begins",
    "response.content_part.added": "the sound of a message begins",
    "response.output_audio.delta": "sound, about as fast as it is played",
    "response.output_audio_transcript.delta": "the words of the sound that follows",
    "response.output_audio.done": "a message has no more sound",
    "response.output_audio_transcript.done": "all words of a message",
    "response.content_part.done": "a message has no more sound",
    "response.function_call_arguments.delta": "the arguments of a call, all at once",
    "response.function_call_arguments.done": "the arguments of a call",
    "response.output_item.done": "a message or a call is complete",
    "response.done": "the answer is over, with its status and usage",
}
"""The events of OpenAI's protocol that are sent, and when."""


class ServerEvents:
    """Makes events and ids, which are unique within the session.

    Args:
        session_id: opaque.
        send: called with each event.
    """

    def __init__(self, session_id: str, send: Callable[[Event], None]) -> None:
        self._session = session_id[:16]
        self._send = send
        self._count = 0

    def new_id(self, kind: str) -> str:
        """Return a new id, such as `item_…`."""
        self._count += 1
        return f"{kind}_{self._session}{self._count:08d}"

    def say(self, kind: str, **fields: Any) -> None:
        """Send an event."""
        self._send({"type": kind, "event_id": self.new_id("event"), **fields})

    def refused(self, refusal: InvalidEvent) -> None:
        """Answer an event of the client that is not valid."""
        self.say("error", error=refusal.error())

    def failed(self, code: str, message: str) -> None:
        """Tell that the server could not do something."""
        error = {"type": "server_error", "code": code, "message": message, "param": None, "event_id": None}
        self.say("error", error=error)

    def item_added(self, item: Item, before: str | None) -> None:
        """Announce an item."""
        self.say("conversation.item.added", previous_item_id=before, item=item.as_object())

    def item_done(self, item: Item, before: str | None) -> None:
        """Tell that an item is complete."""
        self.say("conversation.item.done", previous_item_id=before, item=item.as_object())

    def transcribed(self, item: Item, seconds: float) -> None:
        """Send the user's words."""
        kind, where = "conversation.item.input_audio_transcription", {"item_id": item.id, "content_index": 0}
        text = item.text or ""
        if text:
            self.say(f"{kind}.delta", **where, delta=text)
        usage = {"type": "duration", "seconds": round(seconds, 3)}
        self.say(f"{kind}.completed", **where, transcript=text, usage=usage)
