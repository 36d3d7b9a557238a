"""Text to speech."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager

from voicebot.audio import AudioFormat
from voicebot.interfaces.provider import OptionsT, Provider
from voicebot.messages import StreamedUtterance, SynthesisEvent, Utterance, VoiceDescription


class SpeechStream(ABC):
    """A synthesis stream: text goes in while sound comes out."""

    @abstractmethod
    async def write(self, text: str) -> None:
        """Accept the next piece of text, of any length; spaces between words are part of the pieces."""

    @abstractmethod
    async def finish(self) -> None:
        """End the text: it is complete, and the iteration ends after its last sound."""

    @abstractmethod
    def __aiter__(self) -> AsyncIterator[SynthesisEvent]:
        """Yield the sound of all the text, and timings within it; raise `ProviderError` on failure."""


class Synthesizer(Provider[OptionsT]):
    """Text to speech."""

    kind = "synthesizer"
    model: str = ""
    """The name of the model or voice, whichever the price depends on, if there is one."""
    output_format: AudioFormat
    """What `AudioChunk`s hold; the engine resamples. Known after `start`."""

    @abstractmethod
    def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream the speech of one utterance; several may run at the same time.

        `WordTiming`s are optional: without them, the words heard are estimated from the share of the sound
        that was played. A voice that reads "$3.50" or "Dr." wrongly can have them in words from
        `normalize_text`, which also says where in the utterance each of the words came from.
        """

    def stream(self, utterance: StreamedUtterance) -> AbstractAsyncContextManager[SpeechStream] | None:
        """Open a synthesis stream, for text that is still being written.

        Returns:
            None if the voice needs whole utterances: `synthesize` is then called for each sentence.
        """
        return None

    def billed_characters(self, utterance: Utterance | StreamedUtterance, text: str) -> int:
        """Return how many characters a service bills for a text: by default, those that it has.

        Args:
            text: that of the utterance, or the next piece of it.
        """
        return len(text)

    async def voices(self) -> Sequence[VoiceDescription]:
        """Return the voices to choose from, after `start`; none if there is no choice."""
        return ()
