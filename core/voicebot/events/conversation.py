"""The beginning and end of a conversation, and what fails or changes in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Literal

from voicebot.audio import AudioFormat
from voicebot.dataclass import dataclass
from voicebot.events.control import ConversationControl


@dataclass(frozen=True, slots=True)
class ConversationInfo:
    """Which conversation an observer sees.

    `id` is opaque and unique, `name` is that of the bot, `language` a BCP 47 tag. `started` is the wall-clock
    time (UTC) at which the conversation's own clock was at 0. `providers` are the names of the selected
    providers by kind; `model` is the name of the chat model's model, empty if it has none. For observers
    with `details`, `microphone` and `speaker` are the formats of the sound of `SoundHeard` and
    `SoundWritten`, and `voice` that of `AudioChunk`s as the conversation begins; None where there is none.
    `live` is false if sound comes faster than real time and is played at once, as that of a file.
    `control` is what an observer may do to the conversation; None if nobody runs it.
    """

    id: str
    name: str
    language: str
    started: datetime
    providers: Mapping[str, str] = field(default_factory=dict)
    model: str = ""
    microphone: AudioFormat | None = None
    speaker: AudioFormat | None = None
    voice: AudioFormat | None = None
    live: bool = True
    control: ConversationControl | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ListeningStarted:
    """The bot is ready to listen."""

    at: float


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
class HistoryCompacted:
    """Older turns were replaced by a summary in what the chat model sees."""

    at: float
    summary: str


@dataclass(frozen=True, slots=True)
class ConfigChanged:
    """The conversation goes on with other settings or providers.

    `changes` says what is different, each as `synthesizer.voice nova -> onyx`; long values and secrets are
    left out. `voice` is the format of `AudioChunk`s from then on, for observers with `details`; None if there
    are none.
    """

    at: float
    changes: tuple[str, ...]
    voice: AudioFormat | None = None


@dataclass(frozen=True, slots=True)
class ConversationEnded:
    """The conversation is over; `failure` says why if it could not go on.

    `by` is what ended it: the device's input (such as hanging up), a goodbye phrase, silence, the chat model
    through a tool, the program (`Conversation.end`), or the failure.
    """

    at: float
    failure: str | None = None
    by: Literal["input", "phrase", "silence", "tool", "program", "failure"] = "input"
