"""What the engine exchanges with chat models and toolsets about tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal, TypeAlias

from voicebot.dataclass import dataclass
from voicebot.encodable import encodable
from voicebot.messages.notice import Notice

Effect: TypeAlias = Literal["reads", "writes"]


@dataclass(frozen=True, slots=True)
class Tool:
    """Something that the chat model may have done.

    `name` has 1 to 64 letters, digits, `_` and `-`. `parameters` is a JSON Schema of type `object`. `effect`
    says what a call changes: nothing (`reads`: it may run before the user's turn is decided, more than once,
    or in vain), or something (`writes`: it runs once, when it is the bot's turn). `confirm` is a question to
    the user that has to be answered with yes before the call runs; `{argument}` in it stands for the value of
    an argument. `timeout` is how many seconds a call may take; None for the config's `tool_use.timeout`.
    """

    name: str
    description: str
    parameters: Mapping[str, Any] = field(default_factory=lambda: {"type": "object", "properties": {}})
    effect: Effect = "writes"
    confirm: str | None = None
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The chat model wants a tool run.

    `id` is unique within the conversation. `arguments` is JSON, as the model wrote it: it may be invalid.
    """

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolProgress:
    """A call is still running; `message` is a short line that can be spoken, such as "Looking at Friday"."""

    message: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", encodable(self.message))


@dataclass(frozen=True, slots=True)
class ToolResult:
    """The result of a call, or with `failed` the reason why there is none; `text` is for the chat model.

    `say` is spoken as it is, instead of asking the chat model for words. `detail` is what observers and the
    terminal get in place of the text of a failure, such as the line of the code and what to do about it; the
    chat model does not get it.
    """

    text: str
    failed: bool = False
    say: str | None = None
    detail: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", encodable(self.text))
        if self.say is not None:
            object.__setattr__(self, "say", encodable(self.say))


ToolEvent: TypeAlias = ToolProgress | ToolResult | Notice
