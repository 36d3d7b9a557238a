"""What a device may say about turns, where a button or a client decides about them instead of silence."""

from __future__ import annotations

from typing import Literal, TypeAlias

from voicebot.dataclass import dataclass
from voicebot.encodable import encodable


@dataclass(frozen=True, slots=True)
class TurnTakingChanged:
    """How turns are taken from now on.

    `detects_speech`: whether the bot notices by itself when the user speaks; otherwise, only sound between
    `ManualSpeechStarted` and `ManualSpeechStopped` is speech, and it interrupts nothing. `answers`: whether
    the bot answers when the user has finished; otherwise, it waits for `AnswerNow`. `interruptible`: whether
    the user may interrupt the bot by speaking; None for the config's `turns.interruptible`.
    """

    detects_speech: bool = True
    answers: bool = True
    interruptible: bool | None = None


@dataclass(frozen=True, slots=True)
class ManualSpeechStarted:
    """What follows is the user's speech, such as while a button is pressed."""


@dataclass(frozen=True, slots=True)
class ManualSpeechStopped:
    """The user's speech is over, where it is not detected.

    With `discard`, what was said counts as not said: since `ManualSpeechStarted`, or, where speech is
    detected, since the last turn.
    """

    discard: bool = False


@dataclass(frozen=True, slots=True)
class AnswerNow:
    """The user's turn is over: answer what was said, or if it has been answered, say something more.

    `instructions` replace the system message in this one request, unless they are empty. With
    `only_if_said`, nothing happens unless the user has said something.
    """

    instructions: str = ""
    only_if_said: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "instructions", encodable(self.instructions))


@dataclass(frozen=True, slots=True)
class StopReply:
    """Stop the reply, if there is one; what it answers is not answered again."""


@dataclass(frozen=True, slots=True)
class AddedMessage:
    """Add a message to the conversation without answering it.

    Words of the `user` are answered after `AnswerNow`, or together with what the user says next. Those of the
    `assistant` count as heard, and leave what the user said before unanswered. `system` adds to the system
    message.
    """

    role: Literal["user", "assistant", "system"]
    text: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", encodable(self.text))


TurnControl: TypeAlias = (
    TurnTakingChanged | ManualSpeechStarted | ManualSpeechStopped | AnswerNow | StopReply | AddedMessage
)
