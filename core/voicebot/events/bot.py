"""What the bot does."""

from __future__ import annotations

from voicebot.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class ReplyPrepared:
    """The bot began to prepare a reply to `text`, silently: the user may still go on."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class ReplyWithdrawn:
    """The user went on, so the prepared reply was discarded; it had cost about `wasted_tokens` tokens, and
    `wasted_characters` of its text had been given to the voice.
    """

    at: float
    wasted_tokens: int
    wasted_characters: int = 0


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
class BotDucked:
    """The user made a sound while the bot spoke: it lowers its voice, or pauses if `held`."""

    at: float
    held: bool


@dataclass(frozen=True, slots=True)
class BotResumed:
    """The user did not mean to interrupt: the bot continues where it stopped."""

    at: float


@dataclass(frozen=True, slots=True)
class BotTurnEnded:
    """The bot stopped speaking; `heard` is what the user heard of its reply, which is what history keeps. It
    is empty for a reply that could not be spoken, which history keeps as it was written.
    """

    at: float
    heard: str
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class BotCorrected:
    """The device has learned that the user `heard` something else of the bot's last turn than `BotTurnEnded`
    said, for example since a client over the network fell silent sooner. History keeps this instead.
    """

    at: float
    heard: str
