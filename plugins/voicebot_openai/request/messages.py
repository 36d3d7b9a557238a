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
_ABOUT_IDS = re.compile(r"\bcall id\b.{0,80}\blength of 9\b", re.IGNORECASE | re.DOTALL)
_SHORT_ID = re.compile(r"[a-zA-Z0-9]{9}")
"""What Mistral's models require."""
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
        self._short_ids = False
        """Whether ids have to be like Mistral's; those of other chat models are not."""
        self._extras: dict[str, Any] = {}
        """What the server sent with calls and wants back, by their ids: Gemini's thought signatures."""

    def as_sent(self, messages: Sequence[Message]) -> list[dict[str, Any]]:
        """Return the messages."""
        if self._system_role == "user" and messages and messages[0].role == "system":
            system, *others = messages
            if others and others[0].role == "user":
                system = Message("user", f"{system.content}\n\n{others.pop(0).content}")
            messages = [Message("user", system.content), *others]
        extras: dict[tuple[str, str], Any] = {}
        return [self._message(message, extras) for message in messages]

    def remember(self, call: str, extra: Any) -> None:
        """Remember what the server wants back with a call in later requests."""
        self._extras[call] = extra
        while len(self._extras) > _MOST_REMEMBERED:
            del self._extras[next(iter(self._extras))]

    def adapt(self, error: openai.APIStatusError, messages: Sequence[Message]) -> bool:
        """Send calls as the server wants them; return whether asking again makes sense."""
        called = [message for message in messages if message.calls]
        if not called or error.status_code not in (400, 422, 500) or error.code == "content_filter":
            return False
        said = f"{error.message} {error.body}"
        if not self._short_ids and _ABOUT_IDS.search(said):
            self._short_ids = True
            return True
        lacks_text = self._no_text is None and not all(message.content for message in called)
        if lacks_text and _ABOUT_CONTENT.search(said):
            self._no_text = ""
            return True
        return False

    def _message(self, message: Message, extras: dict[tuple[str, str], Any]) -> dict[str, Any]:
        if message.role == "tool":
            return {"role": "tool", "tool_call_id": self._id(message.answers), "content": message.content}
        if not message.calls:
            return {"role": message.role, "content": message.content}
        calls = [self._call(call, extras) for call in message.calls]
        return {"role": message.role, "content": message.content or self._no_text, "tool_calls": calls}

    def _call(self, call: ToolCall, extras: dict[tuple[str, str], Any]) -> dict[str, Any]:
        """Return a call; one that the user has agreed to has the extra of the call that asked for it.

        Args:
            extras: what was sent with the calls before, by their names and arguments.
        """
        function = {"name": _name(call.name), "arguments": _arguments(call.arguments)}
        sent = {"id": self._id(call.id), "type": "function", "function": function}
        same = (call.name, call.arguments)
        extra = self._extras.get(call.id, extras.get(same))
        if extra is None:
            return sent
        extras[same] = extra
        return sent | {"extra_content": extra}

    def _id(self, call: str) -> str:
        """Return the id of a call in a form that the server accepts; another chat model may have made it."""
        digest = sha256(call.encode()).hexdigest()
        if self._short_ids:
            return call if _SHORT_ID.fullmatch(call) else digest[:9]
        return call if len(call) <= _LONGEST_ID else f"call_{digest[:32]}"


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
