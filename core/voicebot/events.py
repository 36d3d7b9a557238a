"""Everything that happens in a conversation, as one closed union: the stream that observers see.

`at` is in seconds since the conversation began, on the conversation's own clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class ListeningStarted:
    """The bot is ready to hear."""

    at: float


@dataclass(frozen=True, slots=True)
class UserSpeechStarted:
    """The user began to speak."""

    at: float


@dataclass(frozen=True, slots=True)
class UserSpeechStopped:
    """The user fell silent, perhaps only to think; `silent_since` is when."""

    at: float
    silent_since: float


@dataclass(frozen=True, slots=True)
class UserPartial:
    """The words of the user's turn so far; they may still change."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class UserFinal:
    """The words of the user's turn so far, settled."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class UserTurnEnded:
    """It is the bot's turn: `text` is what it answers."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class ReplyStarted:
    """The chat model wrote its first words."""

    at: float


@dataclass(frozen=True, slots=True)
class UnitSpoken:
    """A unit of the reply (a clause or sentence) becomes audible `at`, which may be a moment ahead."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class BotTurnEnded:
    """The bot fell silent; `heard` is what the user heard of it, as history keeps it."""

    at: float
    heard: str
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class ProviderFailed:
    """A provider failed; the conversation goes on with the safe line. The message is never spoken."""

    at: float
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class DeviceChanged:
    """The sound device vanished or came back."""

    at: float
    present: bool
    message: str


@dataclass(frozen=True, slots=True)
class TurnTimed:
    """Where the time of one turn went, and the tokens that its answer cost.

    Times are as `at`, None for what did not happen; tokens are None where the chat model does not tell.
    """

    at: float
    turn: int
    speech_stopped: float | None = None
    final: float | None = None
    decided: float | None = None
    first_token: float | None = None
    first_unit: float | None = None
    first_sound: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class ConversationEnded:
    """The conversation is over; `failure` says why where it could not go on."""

    at: float
    failure: str | None = None


ConversationEvent: TypeAlias = (
    ListeningStarted
    | UserSpeechStarted
    | UserSpeechStopped
    | UserPartial
    | UserFinal
    | UserTurnEnded
    | ReplyStarted
    | UnitSpoken
    | BotTurnEnded
    | ProviderFailed
    | DeviceChanged
    | TurnTimed
    | ConversationEnded
)
