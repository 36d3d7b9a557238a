"""What turn-taking decides to do."""

from __future__ import annotations

from dataclasses import field
from typing import Literal, TypeAlias

from voicebot.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Commit:
    """Ask the recogniser for the final transcript of what it has heard."""


@dataclass(frozen=True, slots=True)
class AskTurnDetector:
    """Ask the turn detector how much silence ends a turn with these words.

    Args:
        is_final: whether the recogniser has given the final transcript of all of them.
        pauses: earlier pauses of the user, in seconds.
        language: BCP 47 tag of the words, as far as it is known.
        silence: seconds of silence so far.
        is_second_look: whether this was asked before, and has been answered.
    """

    text: str
    is_final: bool
    pauses: tuple[float, ...]
    language: str = field(default="", compare=False)
    silence: float = field(default=0.0, compare=False)
    is_second_look: bool = False


@dataclass(frozen=True, slots=True)
class Prepare:
    """Prepare the reply to `text`, which is in `language`, in silence."""

    text: str
    language: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Discard:
    """Discard the prepared reply."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The user's turn is over: reply to `text`.

    Args:
        prepared: whether the reply to these words has been prepared.
        turn: number of the user's turn.
        language: BCP 47 tag of its words, as far as it is known.
        after_bot: its words without those of speech that began before the bot had finished.
        instructions: what replaces the system message; empty for nothing.
    """

    text: str
    prepared: bool = False
    turn: int = field(default=0, compare=False)
    language: str = field(default="", compare=False)
    after_bot: str = field(default="", compare=False)
    instructions: str = ""


@dataclass(frozen=True, slots=True)
class SpeakAgain:
    """Reply although there is nothing to answer: that was asked for.

    Args:
        instructions: what replaces the system message; empty for nothing.
    """

    instructions: str = ""


@dataclass(frozen=True, slots=True)
class AddMessage:
    """Add a message to the history that is not answered.

    Args:
        turn: number of the user's turn.
    """

    role: Literal["user", "assistant", "system"]
    text: str
    turn: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Correct:
    """The final transcript of a turn that has been answered differs: its words were `text`."""

    text: str
    turn: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Duck:
    """Lower the bot's voice: the user makes a sound."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Pause the reply, but keep what has not been heard."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Continue the reply at full volume: the user did not mean to interrupt."""


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Stop the reply at once.

    Args:
        unheard: whether it counts as never given; the question then becomes part of the turn that begins.
        goes_on: whether the user had probably not finished, and goes on with the turn that it answers.
    """

    unheard: bool
    goes_on: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Prompt:
    """Say a line to a user who has been silent for long."""

    text: str


@dataclass(frozen=True, slots=True)
class TellResults:
    """Tell the user what has come of calls that outlived their reply."""


@dataclass(frozen=True, slots=True)
class SayGoodbye:
    """Say goodbye, then hang up: the user seems to have gone."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """Stop listening and end the conversation: goodbye has been said."""


BotAction: TypeAlias = (
    Prepare
    | Discard
    | Answer
    | SpeakAgain
    | Correct
    | Duck
    | Hold
    | Resume
    | Interrupt
    | Prompt
    | TellResults
    | SayGoodbye
    | AddMessage
)
"""What the bot does with its voice, or remembers."""
Action: TypeAlias = Commit | AskTurnDetector | HangUp | BotAction
