"""Everything that happens in a conversation, as one closed union: the stream that observers see.

`at` is in seconds since the conversation began, on the conversation's own clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class ConversationInfo:
    """Which conversation an observer sees.

    `id` is opaque and unique, `name` the bot's, `language` a BCP 47 tag. `started` is the wall clock's time
    (UTC) at which the conversation's own clock was at 0. `providers` are the selected ones by kind, named as
    a config names them; `model` is what the chat model asks for its replies, empty where it does not say.
    """

    id: str
    name: str
    language: str
    started: datetime
    providers: Mapping[str, str] = field(default_factory=dict)
    model: str = ""


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
    """It is the bot's turn: `text` is what it answers; `turn` counts the user's turns from 1."""

    at: float
    text: str
    turn: int = 0


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
    """The bot fell silent; `heard` is what the user heard of it, as history keeps it.

    It is empty for a reply that could not be said aloud, which history keeps as it was written.
    """

    at: float
    heard: str
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class ProviderFailed:
    """A provider failed; the conversation goes on with the safe line. The message is never spoken.

    `kind` is the provider's, or `filter` where a plugin's filter failed.
    """

    at: float
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class ProviderNoticed:
    """A provider tells something that observers should know; the conversation goes on as it is."""

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
class ReplyPrepared:
    """The bot began to make its reply to `text`, in silence: the user may still go on."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class ReplyWithdrawn:
    """The user went on, so that what was prepared was thrown away; about so many tokens were wasted."""

    at: float
    wasted_tokens: int


@dataclass(frozen=True, slots=True)
class UserCorrected:
    """The recogniser settled the words of the turn of that number, which was answered already."""

    at: float
    text: str
    turn: int = 0


@dataclass(frozen=True, slots=True)
class BotDucked:
    """The user made a sound while the bot spoke: it lowers its voice, or falls silent where it is `held`."""

    at: float
    held: bool


@dataclass(frozen=True, slots=True)
class BotResumed:
    """The user did not mean to interrupt: the bot goes on where it was."""

    at: float


@dataclass(frozen=True, slots=True)
class EchoIgnored:
    """The bot heard itself and took no notice; `text` is empty where it was known by its sound."""

    at: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class TurnTimed:
    """Where the time of one turn went, and the tokens that its answer cost.

    Times are as `at`, None for what did not happen. `prepared_at` is when the reply was begun, if that was
    before `decided`. Tokens are None where the chat model does not tell; `wasted_tokens`, of replies that
    were made ahead (`prepared`) and `withdrawn`, are an estimate. `heard_share` is the part of what the chat
    model wrote that the user heard, 0 to 1.
    """

    at: float
    turn: int
    speech_stopped: float | None = None
    last_partial: float | None = None
    prepared_at: float | None = None
    final: float | None = None
    decided: float | None = None
    first_token: float | None = None
    last_token: float | None = None
    first_unit: float | None = None
    first_byte: float | None = None
    first_sound: float | None = None
    prepared: int = 0
    withdrawn: int = 0
    wasted_tokens: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    interrupted: bool = False
    heard_share: float = 0.0


@dataclass(frozen=True, slots=True)
class ConversationEnded:
    """The conversation is over; `failure` says why where it could not go on.

    `by` is what ended it: the device's input (a file's end, hanging up), a phrase of goodbye, silence, or
    that failure.
    """

    at: float
    failure: str | None = None
    by: Literal["input", "phrase", "silence", "failure"] = "input"


ConversationEvent: TypeAlias = (
    ListeningStarted
    | UserSpeechStarted
    | UserSpeechStopped
    | UserPartial
    | UserFinal
    | UserTurnEnded
    | UserCorrected
    | ReplyPrepared
    | ReplyWithdrawn
    | ReplyStarted
    | UnitSpoken
    | BotDucked
    | BotResumed
    | EchoIgnored
    | BotTurnEnded
    | ProviderFailed
    | ProviderNoticed
    | DeviceChanged
    | TurnTimed
    | ConversationEnded
)
