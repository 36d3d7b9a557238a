"""One response: its messages and calls, and the events that tell about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from voicebot import TurnTimed
from voicebot_serve.realtime.event import Event
from voicebot_serve.realtime.items import Item, Items
from voicebot_serve.realtime.server.events import ServerEvents
from voicebot_serve.realtime.sound_formats import SoundFormat

Ending: TypeAlias = Literal["completed", "turn_detected", "client_cancelled", "failed"]


@dataclass(slots=True)
class _Message:
    """The message that is being spoken."""

    item: Item
    index: int
    before: str | None
    transcript: str = ""


class Response:
    """A response from `response.created` to `response.done`.

    Args:
        format: of the sound that is sent.
        metadata: what the client wants repeated.
    """

    def __init__(
        self,
        say: ServerEvents,
        items: Items,
        format: SoundFormat,
        conversation_id: str,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        self.id = say.new_id("resp")
        self.closes = False
        """Whether it is to be closed as soon as all that is known is sent."""
        self.ending: Ending = "completed"
        """How it ends, unless it is known better."""
        self.usage: TurnTimed | None = None
        self._say = say
        self._items = items
        self._format = format
        self._conversation_id = conversation_id
        self._metadata = dict(metadata) if metadata else None
        self._output: list[Item] = []
        self._message: _Message | None = None
        say.say("response.created", response=self._as_object("in_progress", None))

    @property
    def has_sound(self) -> bool:
        """Whether something is being said in it."""
        return self._message is not None

    @property
    def message(self) -> Item | None:
        """The message that is being spoken."""
        return self._message.item if self._message is not None else None

    def speak(self, sound: bytes, start: float) -> None:
        """Send sound.

        Args:
            start: its position in seconds of all sound that was sent.
        """
        message = self._open_message(start)
        message.item.seconds += self._format.sound.seconds_in(len(sound))
        self._say.say("response.output_audio.delta", **self._part(message), delta=self._format.encode(sound))

    def add_words(self, text: str, start: float) -> None:
        """Send the words of the sound that follows."""
        message = self._open_message(start)
        delta = f" {text}" if message.transcript else text
        message.transcript += delta
        self._say.say("response.output_audio_transcript.delta", **self._part(message), delta=delta)

    def call(self, call_id: str, name: str, arguments: str) -> None:
        """Tell of a call that the client has to run."""
        item = Item(
            id=self._say.new_id("item"),
            type="function_call",
            status="in_progress",
            call_id=call_id,
            name=name,
        )
        index, before = self._add(item)
        where = {"response_id": self.id, "item_id": item.id, "output_index": index, "call_id": call_id}
        item.arguments = arguments
        kind = "response.function_call_arguments"
        self._say.say(f"{kind}.delta", **where, delta=arguments)
        self._say.say(f"{kind}.done", **where, name=name, arguments=arguments)
        item.status = "completed"
        self._finish(item, index, before)

    def close_message(self, heard: str | None = None, *, interrupted: bool = False) -> None:
        """End the message that is being spoken, if there is one.

        Args:
            heard: what the user heard of it; None for all of it.
        """
        message, self._message = self._message, None
        if message is None:
            return
        item, part = message.item, self._part(message)
        item.text = message.transcript if heard is None else heard
        item.status = "incomplete" if interrupted else "completed"
        self._say.say("response.output_audio.done", **part)
        self._say.say("response.output_audio_transcript.done", **part, transcript=item.text)
        self._say.say("response.content_part.done", **part, part={"type": "audio", "transcript": item.text})
        self._finish(item, message.index, message.before)

    def close(self) -> None:
        """End the response."""
        self.close_message()
        ending, usage = self.ending, _usage(self.usage)
        match ending:
            case "completed":
                done = self._as_object("completed", None, usage)
            case "failed":
                error = {"type": "server_error", "code": "provider_failed"}
                done = self._as_object("failed", {"type": "failed", "error": error}, usage)
            case _:
                done = self._as_object("cancelled", {"type": "cancelled", "reason": ending}, usage)
        self._say.say("response.done", response=done)

    def _open_message(self, start: float) -> _Message:
        if self._message is None:
            item = Item(
                id=self._say.new_id("item"),
                role="assistant",
                status="in_progress",
                is_sound=True,
                start=start,
            )
            index, before = self._add(item)
            self._message = _Message(item, index, before)
            part = {"type": "audio", "transcript": ""}
            self._say.say("response.content_part.added", **self._part(self._message), part=part)
        return self._message

    def _add(self, item: Item) -> tuple[int, str | None]:
        index = len(self._output)
        self._output.append(item)
        before = self._items.add(item)
        self._say.say(
            "response.output_item.added", response_id=self.id, output_index=index, item=item.as_object()
        )
        self._say.item_added(item, before)
        return index, before

    def _finish(self, item: Item, index: int, before: str | None) -> None:
        self._say.item_done(item, before)
        self._say.say(
            "response.output_item.done", response_id=self.id, output_index=index, item=item.as_object()
        )

    def _part(self, message: _Message) -> Event:
        where = {"response_id": self.id, "item_id": message.item.id, "output_index": message.index}
        return where | {"content_index": 0}

    def _as_object(self, status: str, details: Event | None, usage: Event | None = None) -> Event:
        return {
            "object": "realtime.response",
            "id": self.id,
            "status": status,
            "status_details": details,
            "output": [item.as_object() for item in self._output],
            "conversation_id": self._conversation_id,
            "output_modalities": ["audio"],
            "max_output_tokens": "inf",
            "audio": {"output": {"format": self._format.as_object()}},
            "usage": usage,
            "metadata": self._metadata,
        }


def _usage(timed: TurnTimed | None) -> Event | None:
    """Return the tokens of the chat model, if it reports them; they are all text."""
    if timed is None or timed.input_tokens is None or timed.output_tokens is None:
        return None
    cached = timed.cached_tokens or 0
    details = {"text_tokens": cached, "audio_tokens": 0, "image_tokens": 0}
    tokens = {"text_tokens": timed.input_tokens, "audio_tokens": 0, "image_tokens": 0}
    return {
        "total_tokens": timed.input_tokens + timed.output_tokens,
        "input_tokens": timed.input_tokens,
        "output_tokens": timed.output_tokens,
        "input_token_details": tokens | {"cached_tokens": cached, "cached_tokens_details": details},
        "output_token_details": {"text_tokens": timed.output_tokens, "audio_tokens": 0},
    }
