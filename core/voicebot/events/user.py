"""What the user does."""

from __future__ import annotations

from voicebot.dataclass import dataclass


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
class UserCorrected:
    """The recogniser delivered the final words of an earlier turn, which was already answered."""

    at: float
    text: str
    turn: int = 0


@dataclass(frozen=True, slots=True)
class EchoIgnored:
    """The bot heard itself and ignored it; `text` is empty if it was recognised by its sound."""

    at: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """The caller pressed a key of the telephone: `0` to `9`, `*`, `#`, or `A` to `D` (DTMF)."""

    at: float
    key: str
