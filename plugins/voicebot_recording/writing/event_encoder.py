"""The lines of the events of one conversation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from voicebot import (
    ChatRequest,
    ConversationDetail,
    ConversationEvent,
    Message,
    ProviderAsked,
    Tool,
    map_contents,
)
from voicebot_recording.format import SAME, Json, encoded
from voicebot_recording.options import RecordOptions


class EventEncoder:
    """Encodes events, without what is not to be kept.

    A chat model is sent all of a conversation with each request; of that, only what is new is encoded.
    """

    def __init__(self, options: RecordOptions) -> None:
        self._left_out: dict[str, Any] = {}
        if not options.text:
            self._left_out["words"] = _nothing
        if not options.tools:
            self._left_out["tools"] = _nothing
        self._messages: tuple[Message, ...] = ()
        self._tools: tuple[Tool, ...] = ()

    def encode(self, event: ConversationEvent | ConversationDetail) -> Json:
        """Return the object of an event."""
        if self._left_out:
            event = map_contents(event, **self._left_out)
        if isinstance(event, ProviderAsked) and isinstance(event.question, ChatRequest):
            return self._request(event, event.question)
        return encoded(event)

    def _request(self, event: ProviderAsked, request: ChatRequest) -> Json:
        before, messages = self._messages, request.messages
        pairs = enumerate(zip(before, messages, strict=False))
        same = next((n for n, (earlier, now) in pairs if earlier != now), min(len(before), len(messages)))
        found = encoded(replace(event, question=replace(request, messages=messages[same:])))
        found["question"][SAME] = same
        if request.tools == self._tools and request.tools:
            found["question"]["tools"] = SAME
        self._messages, self._tools = messages, request.tools or self._tools
        return found


def _nothing(_: str) -> str:
    return ""
