"""What the engine and its providers say to each other: one request a call, closed unions of events back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from voicebot.encodable import encodable

Role: TypeAlias = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the conversation as the chat model sees it."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that observers should know, in words fit for a person, as "the spare voice speaks now".

    It changes nothing else: it is no word, no sound, and no sign that any will come.
    """

    message: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", encodable(self.message))


@dataclass(frozen=True, slots=True)
class Hints:
    """What a recogniser may expect to hear: likely phrases, and languages as BCP 47 tags.

    `conversation` is an opaque id of the conversation that asks; empty outside of one.
    """

    phrases: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    conversation: str = ""


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """Ask for the next reply; the system message, if any, comes first and the user's words last.

    Between them user and assistant alternate, and the user begins: the messages are as every chat template
    takes them. What one side said in a row is one message, its parts on lines of their own; where the bot
    spoke first, "..." stands for the user before it.

    `conversation` is an opaque id of the conversation that asks; empty outside of one.

    `ahead` is true while the user's turn may not be over: the reply is made in silence, and may never be
    heard. There can be several such requests in a turn. If the user does stop there, the reply is let out as
    it is: no request with `ahead=False` follows. Look up what you like for it, but change nothing; a model
    that changes things says so with `ChatModel.acts`. `check --connect`, which nobody hears, asks so as well.
    """

    messages: tuple[Message, ...]
    conversation: str = ""
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Utterance:
    """Plain text to speak; `language` is a BCP 47 tag, or None for the voice's own.

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
class PartialTranscript:
    """What the stretch of speech since the last final sounds like so far; may still change."""

    text: str


@dataclass(frozen=True, slots=True)
class FinalTranscript:
    """A stretch of speech, settled; empty text means nothing was understood."""

    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The recogniser noticed speech (optional; used where no local detector listens)."""


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """The recogniser noticed that speech ended (optional, as `SpeechStarted`)."""


RecognitionEvent: TypeAlias = PartialTranscript | FinalTranscript | SpeechStarted | SpeechStopped | Notice


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of the reply's text, of any length."""

    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a reply cost, where the model says so."""

    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """The model is done: of itself, at its length limit, or held back by a content filter.

    `withdrawn` characters at the end of the text so far are taken back: they are not spoken, or no
    further, and history does not keep them. `patience` is how long the user may pause in the next turn,
    where the model has a view on it: a profile's name, or the least and the most seconds of silence.
    """

    reason: Literal["stop", "length", "filtered"] = "stop"
    usage: Usage | None = None
    withdrawn: int = 0
    patience: Literal["quick", "normal", "relaxed"] | tuple[float, float] | None = None


ChatEvent: TypeAlias = TextDelta | ReplyEnded | Notice


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """The next piece of speech: s16le in the synthesizer's output format, of any size."""

    audio: bytes


@dataclass(frozen=True, slots=True)
class WordTiming:
    """The word at `offset` (characters into the utterance's text) starts `at` seconds into its sound.

    It comes before the sound that it tells of.
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


@dataclass(frozen=True, slots=True)
class TurnSoFar:
    """What is known of a user's turn when the user pauses, for a turn detector to judge.

    `text` are the words so far; unless `settled`, the last of them may still change or be missing. `asked`
    is what the bot said last. `pauses` are the pauses in seconds after which this user went on, the latest
    last. The turn ends after no less than `earliest` and no more than `latest` seconds of silence.
    `audio` is the latest sound of the turn, up to the moment when the pause was noticed, in the detector's
    format, for those that ask for it.
    """

    text: str
    settled: bool
    language: str
    earliest: float
    latest: float
    asked: str = ""
    pauses: tuple[float, ...] = ()
    audio: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A line that was typed instead of spoken; a whole turn of its own."""

    text: str


@dataclass(frozen=True, slots=True)
class DeviceLost:
    """The device vanished while in use; the stream waits for it to come back."""

    message: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", encodable(self.message))


@dataclass(frozen=True, slots=True)
class DeviceReopened:
    """The device is back, and the stream goes on."""

    message: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", encodable(self.message))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One microphone or speaker that a device can use; `default` marks what is used when none is named."""

    index: int
    name: str
    direction: Literal["input", "output"]
    default: bool = False
    monitor: bool = False
    """Whether it is no microphone but hears what a speaker plays, as sound servers offer it."""


DeviceEvent: TypeAlias = bytes | TypedLine | DeviceLost | DeviceReopened
