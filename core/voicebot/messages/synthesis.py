"""What the engine and synthesizers exchange."""

from __future__ import annotations

from typing import TypeAlias

from voicebot.dataclass import dataclass
from voicebot.messages.notice import Notice


@dataclass(frozen=True, slots=True)
class Utterance:
    """Plain text to speak; `language` is a BCP 47 tag, or None for the voice's own, which it also keeps if it
    does not speak the other.

    `conversation` is an opaque id of the conversation that asks; empty outside of one.
    """

    text: str
    language: str | None = None
    conversation: str = ""


@dataclass(frozen=True, slots=True)
class StreamedUtterance:
    """Text to speak that is still being written; `language` and `conversation` as in `Utterance`."""

    language: str | None = None
    conversation: str = ""


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """The next piece of speech: s16le in the synthesizer's output format, of any size."""

    audio: bytes


@dataclass(frozen=True, slots=True)
class WordTiming:
    """The word at `offset` (characters into the utterance's text) starts `at` seconds into its sound.

    It is sent before the sound that it describes.
    """

    offset: int
    length: int
    at: float


SynthesisEvent: TypeAlias = AudioChunk | WordTiming | Notice


@dataclass(frozen=True, slots=True)
class VoiceDescription:
    """A voice that a synthesizer can speak with; `languages` are BCP 47 tags, its own first."""

    name: str
    languages: tuple[str, ...]
    gender: str = ""
    description: str = ""
