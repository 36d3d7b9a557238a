"""What the engine and chat models exchange."""

from __future__ import annotations

from dataclasses import field
from typing import Literal, TypeAlias

from voicebot.dataclass import dataclass
from voicebot.messages.notice import Notice
from voicebot.messages.tools import Tool, ToolCall

Role: TypeAlias = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the conversation, as the chat model receives it.

    `calls` are the tools that an assistant wants run after its `content`, which may then be empty. Messages
    with the role `tool` follow it, one for each call in the same order; `answers` is the `id` of that call,
    and `failed` tells that the result is the reason why there is none.
    """

    role: Role
    content: str
    calls: tuple[ToolCall, ...] = ()
    answers: str = ""
    failed: bool = False


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A request for the next reply; the system message, if any, comes first and the user's words last.

    In between, user and assistant alternate, beginning with the user, as all chat templates require. Only
    where tools are used, an assistant's calls and their results come between the user's words and the answer,
    or last: then the model goes on with what it has learned.
    Consecutive utterances of one side are one message, one per line; if the bot spoke first, a user message
    "..." precedes it, and where it said nothing after a result, an assistant's message "..." follows that.
    A line in square brackets between words of the user is a note by the engine.

    `conversation` is an opaque id of the conversation that asks; empty outside of one.

    `ahead` is true if the user's turn may not be over yet: the reply is prepared silently, and may never be
    heard. If the turn does end there, it is used, and no request with `ahead=False` follows, unless the model
    has called tools, whose results it then gets, or it was the mark for an unfinished turn, for which the
    system message asks with `turns.ask_chat_model`. A model may look things up for such a request, but must
    not change anything; a model with side effects sets `ChatModel.acts`. `check --connect`, whose reply is
    never heard, also sets `ahead`.

    `tools` are what the model may have run; a model that cannot call tools ignores them.
    """

    messages: tuple[Message, ...]
    conversation: str = ""
    ahead: bool = False
    tools: tuple[Tool, ...] = ()


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of the reply's text, of any length."""

    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens of a reply, if the model reports them; `cached_tokens` of the input were known to it.

    `model` is the name of the model as its service says it, if it does.
    """

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    model: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """The reply is complete: it ended by itself, at the length limit, through a content filter, or, with
    `calls`, because the model waits for the results of its tool calls.

    `withdrawn` is a number of characters to retract from the end of the text so far: they are not spoken, or
    no further, and history does not keep them. `patience`, which is optional, is how long the user may pause
    in the next turn: the name of a profile, or the least and the most seconds of silence.
    """

    reason: Literal["stop", "length", "filtered", "calls"] = "stop"
    usage: Usage | None = None
    withdrawn: int = 0
    patience: Literal["quick", "normal", "relaxed"] | tuple[float, float] | None = None


ChatEvent: TypeAlias = TextDelta | ToolCall | ReplyEnded | Notice
