"""Everything that happens in a conversation, as one closed union: the events that observers receive.

`at` is in seconds since the conversation began, on the conversation's own clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Literal, TypeAlias

from voicebot.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class ConversationInfo:
    """Which conversation an observer sees.

    `id` is opaque and unique, `name` is that of the bot, `language` a BCP 47 tag. `started` is the wall-clock
    time (UTC) at which the conversation's own clock was at 0. `providers` are the names of the selected
    providers by kind; `model` is the name of the chat model's model, empty if it has none.
    """

    id: str
    name: str
    language: str
    started: datetime
    providers: Mapping[str, str] = field(default_factory=dict)
    model: str = ""


@dataclass(frozen=True, slots=True)
class ListeningStarted:
    """The bot is ready to listen."""

    at: float


@dataclass(frozen=True, slots=True)
class UserSpeechStarted:
    """The user began to speak."""

    at: float


@dataclass(frozen=True, slots=True)
class UserSpeechStopped:
    """The user fell silent, at `silent_since`; it may only be a pause."""

    at: float
    silent_since: float


@dataclass(frozen=True, slots=True)
class UserPartial:
    """The words of the user's turn so far; they may still change."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class UserFinal:
    """The final words of the user's turn so far, and their `language`, one of those in the config."""

    at: float
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class UserTurnEnded:
    """The user's turn is over: the bot answers `text`, in `language`; `turn` counts its turns from 1."""

    at: float
    text: str
    turn: int = 0
    language: str = ""


@dataclass(frozen=True, slots=True)
class ReplyStarted:
    """The chat model returned the first words of its reply."""

    at: float


@dataclass(frozen=True, slots=True)
class UnitSpoken:
    """A unit of the reply (a clause or sentence) becomes audible at `at`, slightly in the future at most."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class BotTurnEnded:
    """The bot stopped speaking; `heard` is what the user heard of its reply, which is what history keeps. It
    is empty for a reply that could not be spoken, which history keeps as it was written.
    """

    at: float
    heard: str
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class ProviderFailed:
    """A provider failed; the conversation goes on with the safe line. The message is never spoken.

    `kind` is that of the provider, or `filter` if a plugin's filter failed.
    """

    at: float
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class ProviderNoticed:
    """A provider reports something that observers should know; the conversation does not change."""

    at: float
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class DeviceChanged:
    """The sound device was lost or came back."""

    at: float
    present: bool
    message: str


@dataclass(frozen=True, slots=True)
class ReplyPrepared:
    """The bot began to prepare a reply to `text`, silently: the user may still go on."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class ReplyWithdrawn:
    """The user went on, so the prepared reply was discarded; it had cost about `wasted_tokens` tokens."""

    at: float
    wasted_tokens: int


@dataclass(frozen=True, slots=True)
class UserCorrected:
    """The recogniser delivered the final words of an earlier turn, which was already answered."""

    at: float
    text: str
    turn: int = 0


@dataclass(frozen=True, slots=True)
class BotDucked:
    """The user made a sound while the bot spoke: it lowers its voice, or pauses if `held`."""

    at: float
    held: bool


@dataclass(frozen=True, slots=True)
class BotResumed:
    """The user did not mean to interrupt: the bot continues where it stopped."""

    at: float


@dataclass(frozen=True, slots=True)
class EchoIgnored:
    """The bot heard itself and ignored it; `text` is empty if it was recognised by its sound."""

    at: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class TurnTimed:
    """The timing of one turn, and the tokens of its answer.

    Times are on the clock of `at`; what did not happen or is not reported is None. `prepared_at` is set if
    the reply was begun before `decided`. `wasted_tokens`, of replies that were `prepared` and `withdrawn`, or
    `held` (see `turns.ask_chat_model`), are an estimate. `heard_share` is the heard part of the reply.
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
    held: int = 0


@dataclass(frozen=True, slots=True)
class ConversationEnded:
    """The conversation is over; `failure` says why if it could not go on.

    `by` is what ended it: the device's input (such as hanging up), a goodbye phrase, silence, or the failure.
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
