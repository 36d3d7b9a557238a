"""The three abstract interfaces of the framework and their four helpers; plugins implement them.

A provider is made from its options, started once and shared by all conversations of a bot. It turns
every foreign exception into a `ProviderError`. Being cancelled is how it is told to stop.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from voicebot.audio import AudioFormat
from voicebot.messages import (
    ChatEvent,
    ChatRequest,
    DeviceEvent,
    Endpoint,
    Hints,
    RecognitionEvent,
    StreamedUtterance,
    SynthesisEvent,
    TurnSoFar,
    Utterance,
    VoiceDescription,
)
from voicebot.options import Options, VoiceActivityOptions

if TYPE_CHECKING:
    from voicebot.events import ConversationEvent, ConversationInfo

OptionsT = TypeVar("OptionsT", bound=Options)
VoiceActivityOptionsT = TypeVar("VoiceActivityOptionsT", bound=VoiceActivityOptions)


class Provider(ABC, Generic[OptionsT]):
    """Something pluggable; `kind` is the section of a config that selects it, or lists it: `observers`."""

    kind: ClassVar[str]

    def __init__(self, options: OptionsT) -> None:
        self.options = options

    async def start(self) -> None:
        """Import the SDK, connect, warm up; raise `ProviderError` when that cannot be."""

    async def aclose(self) -> None:
        """Let go of everything; calling it twice, or without `start`, is harmless."""


class Recognition(ABC):
    """One stretch of listening: sound goes in while transcripts come out."""

    @abstractmethod
    async def write(self, audio: bytes) -> None:
        """Hand over the next sound: s16le in the recogniser's input format, any even size.

        Waits while the recogniser is far behind; silence that is not needed any more is not kept.
        """

    async def commit(self) -> None:  # noqa: B027 - a recogniser without the means finds the end itself
        """Say that the user paused: settle what was written into a `FinalTranscript` now.

        Answer every commit with exactly one final, empty when nothing was understood. A recogniser that
        finds the ends of speech by itself alone leaves this as it is; its finals then come when they come.
        """

    @abstractmethod
    async def finish(self) -> None:
        """Say that no more sound will come; the iteration ends after the last final."""

    @abstractmethod
    def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        """Give what is recognised in the order in which it was said; raise `ProviderError` if it breaks."""


class Recognizer(Provider[OptionsT]):
    """Speech to text."""

    kind = "recognizer"
    input_format: AudioFormat
    """What `Recognition.write` takes; the engine resamples. Known after `start`."""

    @abstractmethod
    def listen(self, hints: Hints) -> AbstractAsyncContextManager[Recognition]:
        """Open one stretch of listening; several may be open at the same time."""


class ChatModel(Provider[OptionsT]):
    """Text to text: the mind of the bot."""

    kind = "chat"
    model: str = ""
    """The name of the model that is asked, where there is one; for metrics."""
    acts: bool = False
    """True for a model whose `reply` changes something in the world, such as a booking.

    It is then asked once for each turn of the user, when that is over: no reply is made ahead, and what the
    user adds while the reply is made is another turn. Known when the model is made.
    """

    @property
    def phrases(self) -> Sequence[str]:
        """Phrases that the model knows how to answer, offered to the recogniser as hints."""
        return ()

    @abstractmethod
    def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Stream one reply.

        It may be called more than once for a turn of the user, unless the model `acts`: in a pause a reply is
        made ahead (`ChatRequest.ahead`), and a user who goes on before a reply was heard is answered anew.
        """


class SpeechStream(ABC):
    """One stretch of speaking: text goes in while sound comes out."""

    @abstractmethod
    async def write(self, text: str) -> None:
        """Hand over the next piece of text, of any length; spaces between words are part of the pieces."""

    @abstractmethod
    async def finish(self) -> None:
        """Say that the text is complete; the iteration ends after the last sound of it."""

    @abstractmethod
    def __aiter__(self) -> AsyncIterator[SynthesisEvent]:
        """Give the sound of all the text, and timings within it; raise `ProviderError` if it breaks."""


class Synthesizer(Provider[OptionsT]):
    """Text to speech."""

    kind = "synthesizer"
    output_format: AudioFormat
    """What `AudioChunk`s hold; the engine resamples. Known after `start`."""

    @abstractmethod
    def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream the speech of one utterance; several may run at the same time.

        `WordTiming`s are optional: without them, the words heard are reckoned from the share of the sound.
        """

    def stream(self, utterance: StreamedUtterance) -> AbstractAsyncContextManager[SpeechStream] | None:
        """Open one stretch of speaking, for text that is still being written.

        Returns:
            None from a voice that needs whole utterances: `synthesize` is then called for each sentence.
        """
        return None

    async def voices(self) -> Sequence[VoiceDescription]:
        """Return the voices there are to choose from, after `start`; none when there is no choice."""
        return ()


class AudioStream(ABC):
    """One conversation's ear and mouth: iterate to hear, write to speak."""

    microphone: AudioFormat | None = None
    """Format of the frames that iterating gives; None where lines are typed instead."""
    speaker: AudioFormat | None = None
    """Format that `write` takes; None where nothing can be heard, only read."""
    live: bool = True
    """False when sound comes faster than real time and waits for the bot, as from a file."""
    underruns: int = 0
    """How often the speaker ran dry in mid-speech."""

    @abstractmethod
    def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        """Give frames of sound (about 20 ms of s16le each), typed lines, and news of the device.

        Ends when nothing more will come: at a file's end, or when the user hung up.
        """

    async def write(self, audio: bytes) -> None:
        """Queue sound for the speaker; wait while about a second of it is queued already.

        One piece at a time is written. While this waits, the piece may or may not be queued. It may be
        cancelled then, as it is before `clear`: from that moment on it queues nothing more.
        """
        raise TypeError(f"{type(self).__name__} has no speaker to write to")

    def clear(self) -> None:  # noqa: B027 - nothing is queued where there is no speaker
        """Forget what is queued, at once; silence follows within 50 ms.

        What is on its way to the loudspeaker and cannot be taken back counts as `played` by then. What is
        written next is what comes after that.
        """

    @property
    def played(self) -> float:
        """Seconds of written sound that have been played since the stream was opened.

        Never goes back; sound that was cleared, or written while the device was lost, does not count.
        """
        return 0.0

    async def drain(self) -> None:  # noqa: B027 - nothing is queued where there is no speaker
        """Wait until all that was written has been played or cleared, or was lost with the device."""


class AudioDevice(Provider[OptionsT]):
    """Where sound comes from and goes to: a sound card, files, a keyboard, later a telephone."""

    kind = "device"
    text_only: ClassVar[bool] = False
    """True where lines are typed and read, so that neither recogniser nor synthesizer is needed."""

    def endpoints(self) -> Sequence[Endpoint]:
        """Return the microphones and speakers to choose from, after `start`; none when there is no choice.

        May take a while; raise `DeviceError` when the system cannot say.
        """
        return ()

    @abstractmethod
    def open(self) -> AbstractAsyncContextManager[AudioStream]:
        """Open an ear and a mouth for one conversation; raise `DeviceError` when there is none."""


class VoiceActivity(ABC):
    """A detector at work in one conversation; synchronous and quick."""

    @abstractmethod
    def probability(self, frame: bytes) -> float:
        """Return how likely the next frame (exactly the detector's `frame_bytes`) is speech, 0 to 1."""


class VoiceActivityDetector(Provider[VoiceActivityOptionsT]):
    """Hears whether someone is speaking; the engine's own ears, whatever the recogniser."""

    kind = "voice_activity"
    input_format: AudioFormat
    """What frames hold; the engine resamples."""
    frame_bytes: int
    """Size of one frame in bytes."""

    @abstractmethod
    def detect(self) -> VoiceActivity:
        """Return a fresh detector for one conversation."""


class TurnDetector(Provider[OptionsT]):
    """Judges, when the user pauses, how long the silence must last until the turn is over."""

    kind = "turn_detector"
    input_format: AudioFormat | None = None
    """What `TurnSoFar.audio` holds; None for a detector that judges by words alone."""
    audio_seconds: float = 0.0
    """How many seconds of the latest sound `TurnSoFar.audio` holds at most."""

    @abstractmethod
    async def wait(self, turn: TurnSoFar) -> float:
        """Return the seconds of silence after which the turn is over, counted from its last sound.

        Called at each pause, and again whenever the words change during one; a call that is overtaken is
        cancelled. The engine keeps the result between `turn.earliest` and `turn.latest`, and takes
        the latest where this fails.
        """


class Observer(Provider[OptionsT]):
    """Sees every event of a conversation: for transcripts, metrics, recordings.

    It can neither slow nor break the conversation. One that falls behind loses the oldest events; one that
    raises is dropped from that conversation with a warning. Like all providers, it must not block the event
    loop.
    """

    kind = "observer"

    @abstractmethod
    async def observe(self, conversation: ConversationInfo, events: AsyncIterator[ConversationEvent]) -> None:
        """Watch one conversation, from its beginning until the events end; several may run at the same time.

        The last event is a `ConversationEnded`, however the conversation ends. There are a few seconds
        to finish after it, one after Ctrl-C; then this is cancelled. Take no notice of events that you do not
        know: later versions may have more.
        """
