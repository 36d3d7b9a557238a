"""What happens inside a conversation: sound, and what providers were asked and answered.

Only observers with `Observer.details` receive these events, beside all others. `at` is as in those.
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal, TypeAlias

from voicebot.dataclass import dataclass
from voicebot.messages import (
    ChatEvent,
    ChatRequest,
    Hints,
    RecognitionEvent,
    StreamedUtterance,
    SynthesisEvent,
    TurnControl,
    TurnSoFar,
    TypedLine,
    Utterance,
)

AskedProvider: TypeAlias = Literal["recognizer", "chat", "synthesizer", "turn_detector"]
ProviderQuestion: TypeAlias = Hints | ChatRequest | Utterance | StreamedUtterance | TurnSoFar
ProviderAnswer: TypeAlias = RecognitionEvent | ChatEvent | SynthesisEvent | float


@dataclass(frozen=True, slots=True)
class ProviderAsked:
    """A provider was asked: a recogniser to listen, a chat model to reply, a synthesizer to speak, a turn
    detector how long to wait.

    `request` counts what was asked in this conversation, of all kinds, from 1.
    """

    at: float
    kind: AskedProvider
    request: int
    question: ProviderQuestion


@dataclass(frozen=True, slots=True)
class ProviderGiven:
    """A provider was given more: a recogniser a `commit`, a synthesizer the next `text`, or either the end
    (`finish`).

    `seconds` is how much sound of this request the recogniser had been given. Its sound comes with no event
    of its own.
    """

    at: float
    kind: AskedProvider
    request: int
    control: Literal["text", "commit", "finish"]
    text: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ProviderAnswered:
    """A provider answered a request; a turn detector with the seconds of silence that end the turn.

    `seconds` is how much sound of this request the recogniser had been given.
    """

    at: float
    kind: AskedProvider
    request: int
    answer: ProviderAnswer
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ProviderClosed:
    """A request is over: its answer is complete, no longer wanted (`stopped`), or broken off by `failure`."""

    at: float
    kind: AskedProvider
    request: int
    stopped: bool = False
    failure: str = ""


@dataclass(frozen=True, slots=True)
class SoundHeard:
    """Sound from the microphone, in the format `ConversationInfo.microphone`, before echo is removed."""

    at: float
    audio: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SoundWritten:
    """Sound was written to the speaker, in the format `ConversationInfo.speaker`, at its final volume.

    It will be audible from `starts` on, on the clock of `at`, or after the sound before it, if that takes
    longer.
    """

    at: float
    starts: float
    audio: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SoundCleared:
    """What was written to the speaker and has not been played will not be."""

    at: float


@dataclass(frozen=True, slots=True)
class SoundCorrected:
    """What was cleared last had been played for so many `seconds` more than the device said then, or less."""

    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class InputReceived:
    """A line was typed, or the device said something about turns."""

    at: float
    input: TypedLine | TurnControl


ConversationDetail: TypeAlias = (
    ProviderAsked
    | ProviderGiven
    | ProviderAnswered
    | ProviderClosed
    | SoundHeard
    | SoundWritten
    | SoundCleared
    | SoundCorrected
    | InputReceived
)
