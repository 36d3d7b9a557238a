"""What the engine and its providers exchange: one request per call, closed unions of events in return."""

from __future__ import annotations

from dataclasses import field
from typing import Literal, TypeAlias

from voicebot.dataclass import dataclass
from voicebot.encodable import encodable

Role: TypeAlias = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the conversation, as the chat model receives it."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A message for people who watch the bot, such as "now using the spare voice".

    It goes to observers and has no other effect: it is neither text nor sound, and does not mean that any
    will follow.
    """

    message: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", encodable(self.message))


@dataclass(frozen=True, slots=True)
class Hints:
    """What a recogniser may expect to hear: phrases, and languages as BCP 47 tags, the bot's own first.

    `conversation` is an opaque id of the conversation that asks; empty outside of one.
    """

    phrases: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    conversation: str = ""


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A request for the next reply; the system message, if any, comes first and the user's words last.

    In between, user and assistant alternate, beginning with the user, as all chat templates require.
    Consecutive utterances of one side are one message, one per line; if the bot spoke first, a user message
    "..." precedes it. A line in square brackets between words of the user is a note by the engine.

    `conversation` is an opaque id of the conversation that asks; empty outside of one.

    `ahead` is true if the user's turn may not be over yet: the reply is prepared silently, and may never be
    heard. If the turn does end there, it is used, and no request with `ahead=False` follows, unless it was
    the mark for an unfinished turn, for which the system message asks with `turns.ask_chat_model`. A model
    may look things up for such a request, but must not change anything; a model with side effects sets
    `ChatModel.acts`. `check --connect`, whose reply is never heard, also sets `ahead`.
    """

    messages: tuple[Message, ...]
    conversation: str = ""
    ahead: bool = False


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


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of the reply's text, of any length."""

    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens of a reply, if the model reports them."""

    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """The reply is complete: it ended by itself, at the length limit, or through a content filter.

    `withdrawn` is a number of characters to retract from the end of the text so far: they are not spoken, or
    no further, and history does not keep them. `patience`, which is optional, is how long the user may pause
    in the next turn: the name of a profile, or the least and the most seconds of silence.
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


@dataclass(frozen=True, slots=True)
class TurnSoFar:
    """What is known about a user's turn when the user pauses, for a turn detector.

    `text` holds the words so far; unless `settled`, the last ones may still change or be missing. `asked` is
    what the bot said last. `pauses` are the pauses, in seconds, after which this user went on, most recent
    last. The turn ends after at least `earliest` and at most `latest` seconds of silence. `audio` is the
    latest sound of the turn up to the pause, in the detector's format, if the detector asks for sound.

    `silence` is how many seconds of silence have been heard in this pause. For a detector with
    `TurnDetector.second_look`, `audio` always ends with this silence.
    """

    text: str
    settled: bool
    language: str
    earliest: float
    latest: float
    asked: str = ""
    pauses: tuple[float, ...] = ()
    audio: bytes = field(default=b"", repr=False)
    silence: float = 0.0


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A line that was typed instead of spoken; it is a whole turn."""

    text: str


@dataclass(frozen=True, slots=True)
class DeviceLost:
    """The device was lost while in use; the stream waits for it to come back."""

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
    """A microphone or speaker that a device can use; `default` marks those that are used by default."""

    index: int
    name: str
    direction: Literal["input", "output"]
    default: bool = False
    monitor: bool = False
    """Whether it is not a microphone but a sound server's recording of what a speaker plays."""


DeviceEvent: TypeAlias = bytes | TypedLine | DeviceLost | DeviceReopened
