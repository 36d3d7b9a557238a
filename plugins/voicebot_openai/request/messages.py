"""The messages of a request, in the form of the API, with calls and results that every server accepts."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from voicebot import Message, ToolCall

if TYPE_CHECKING:
    import openai

_LONGEST_ID = 40
_LONGEST_NAME = 64
_NOT_IN_NAMES = re.compile(r"[^a-zA-Z0-9_-]")
_ABOUT_CONTENT = re.compile(
    r"\bcontent\b.{0,60}\b(?:null|nil|none|string|required|missing)\b"
    r"|(?:\b(?:null|nil|none|missing|string)\b|<nil>).{0,60}\bcontent\b|\bcontent\b.{0,60}<nil>",
    re.IGNORECASE | re.DOTALL,
)
_MOST_REMEMBERED = 1000


class RequestMessages:
    """Converts messages.

    Args:
        system_role: `user` puts the system message at the beginning of the first question.
    """

    def __init__(self, system_role: str) -> None:
        self._system_role = system_role
        self._no_text: str | None = None
        """The content of a message that only calls tools: null as the service itself sends it, or empty,
        for older servers."""
        self._extras: dict[str, Any] = {}
        """What the server sent with calls and wants back, by their ids: Gemini's thought signatures."""

    def as_sent(self, messages: Sequence[Message]) -> list[dict[str, Any]]:
        """Return the messages."""
        if self._system_role == "user" and messages and messages[0].role == "system":
            system, *others = messages
            if others and others[0].role == "user":
                system = Message("user", f"{system.content}\n\n{others.pop(0).content}")
            messages = [Message("user", system.content), *others]
        return [self._message(message) for message in messages]

    def remember(self, call: str, extra: Any) -> None:
        """Remember what the server wants back with a call in later requests."""
        self._extras[call] = extra
        while len(self._extras) > _MOST_REMEMBERED:
            del self._extras[next(iter(self._extras))]

    def adapt(self, error: openai.APIStatusError, messages: Sequence[Message]) -> bool:
        """Send calls without text as the server wants them; return whether asking again makes sense."""
        rejected = (
            self._no_text is None
            and any(message.calls and not message.content for message in messages)
            and error.status_code in (400, 422, 500)
            and error.code != "content_filter"
            and _ABOUT_CONTENT.search(f"{error.message} {error.body}") is not None
        )
        if rejected:
            self._no_text = ""
        return rejected

    def _message(self, message: Message) -> dict[str, Any]:
        if message.role == "tool":
            return {"role": "tool", "tool_call_id": _id(message.answers), "content": message.content}
        if not message.calls:
            return {"role": message.role, "content": message.content}
        calls = [self._call(call) for call in message.calls]
        return {"role": message.role, "content": message.content or self._no_text, "tool_calls": calls}

    def _call(self, call: ToolCall) -> dict[str, Any]:
        function = {"name": _name(call.name), "arguments": _arguments(call.arguments)}
        sent = {"id": _id(call.id), "type": "function", "function": function}
        extra = self._extras.get(call.id)
        return sent if extra is None else sent | {"extra_content": extra}


def _id(call: str) -> str:
    """Return the id of a call, which another chat model may have made longer than OpenAI accepts."""
    return call if len(call) <= _LONGEST_ID else f"call_{sha256(call.encode()).hexdigest()[:32]}"


def _name(name: str) -> str:
    """Return a name that may be sent; models call tools by names that do not exist."""
    return _NOT_IN_NAMES.sub("_", name)[:_LONGEST_NAME] or "_"


def _arguments(arguments: str) -> str:
    """Return the arguments if they are a JSON object: servers for local models parse them.

    If they are not, the result of the call tells the model so.
    """
    try:
        return arguments if isinstance(json.loads(arguments), dict) else "{}"
    except (ValueError, RecursionError):
        return "{}"
