"""Calls and their results, as history keeps them: a result may come after the turn that asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace

from voicebot.dataclass import dataclass
from voicebot.engine.latch import Latch
from voicebot.messages import Message, ToolCall, ToolResult

_STILL_RUNNING = "Still running; the result is not known yet."
_REFUSED = "The call has ended, but a content filter refused what was in it."
_NOTHING = "Done; the tool said nothing."
_SHORT = 500
"""Characters of a result that are left where many long ones are sent together."""


@dataclass(slots=True)
class CallRecord:
    """A call of the chat model, and its result once there is one.

    Args:
        call: with an id that is unique in the conversation, and a name and arguments that every server
            accepts in a request, whatever the chat model wrote.
        result: cut to `tool_use.result_limit`.
        is_over: set once there is a final result; a question to the user is not one.
    """

    call: ToolCall
    result: ToolResult | None = None
    is_over: Latch = field(default_factory=Latch)

    @property
    def content(self) -> str:
        """What the chat model is told."""
        return _STILL_RUNNING if self.result is None else self.result.text or _NOTHING

    def withhold(self) -> None:
        """Replace the arguments, and the result if there is one, since a content filter refuses them."""
        self.call = replace(self.call, arguments="{}")
        if self.result is not None:
            self.result = replace(self.result, text=_REFUSED)

    def message(self) -> Message:
        """Return the message with the result."""
        failed = self.result is not None and self.result.failed
        return Message("tool", self.content, answers=self.call.id, failed=failed)


@dataclass(slots=True)
class ToolStep:
    """What the chat model wrote until it called tools, and these calls.

    Args:
        written: its text, as it wrote it.
        heard: the part of that which the user heard.
    """

    written: str
    records: list[CallRecord]
    heard: str = ""

    @property
    def is_running(self) -> bool:
        """Whether a call has no result yet."""
        return any(record.result is None for record in self.records)

    def messages(self, *, as_heard: bool = True) -> list[Message]:
        """Return the messages for the chat model: the calls, and then each result in the same order."""
        text = self.heard if as_heard else self.written
        return [
            Message("assistant", text, calls=tuple(record.call for record in self.records)),
            *(record.message() for record in self.records),
        ]


def cut(text: str, limit: int) -> str:
    """Return at most so many characters of a result, with a note if some are left out."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n[Cut off: these are {limit:,} of {len(text):,} characters.]"


def cut_results(messages: Sequence[Message], room: int) -> list[Message]:
    """Return messages in which long results are cut to 500 characters, apart from the latest.

    Args:
        room: how many characters of results are left as they are.
    """
    sent: list[Message] = []
    for message in reversed(messages):
        if message.role == "tool":
            length = len(message.content)
            sent.append(message if length <= room else replace(message, content=cut(message.content, _SHORT)))
            room -= length
        else:
            sent.append(message)
    return sent[::-1]
