"""What the engine and recognisers exchange."""

from __future__ import annotations

from typing import TypeAlias

from voicebot.dataclass import dataclass
from voicebot.messages.notice import Notice


@dataclass(frozen=True, slots=True)
class Hints:
    """What a recogniser may expect to hear: phrases, and languages as BCP 47 tags, the bot's own first.

    `conversation` is an opaque id of the conversation that asks; empty outside of one.
    """

    phrases: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    conversation: str = ""


@dataclass(frozen=True, slots=True)
class PartialTranscript:
    """The transcript so far of the speech since the last final; it may still change."""

    text: str


@dataclass(frozen=True, slots=True)
class FinalTranscript:
    """The final transcript of a speech segment; an empty text means that nothing was understood.

    `language` is the one that the recogniser detected, as a BCP 47 tag, if it does that.
    """

    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The recogniser detected speech (optional; used if there is no local detector)."""


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """The recogniser detected the end of speech (optional, like `SpeechStarted`)."""


RecognitionEvent: TypeAlias = PartialTranscript | FinalTranscript | SpeechStarted | SpeechStopped | Notice
