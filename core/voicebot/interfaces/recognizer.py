"""Speech to text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

from voicebot.audio import AudioFormat
from voicebot.interfaces.provider import OptionsT, Provider
from voicebot.messages import Hints, RecognitionEvent


class Recognition(ABC):
    """A recognition stream: sound goes in while transcripts come out."""

    @abstractmethod
    async def write(self, audio: bytes) -> None:
        """Accept the next sound: s16le in the recogniser's input format, an even number of bytes, never none.

        Waits while the recogniser is far behind. Silence that it no longer needs is not kept.
        """

    async def commit(self) -> None:  # noqa: B027 - optional: some recognisers find the end by themselves
        """Turn what was written so far into a `FinalTranscript`, because the user has paused.

        Answer every commit with exactly one final, empty if nothing was understood. A recogniser that can
        only find the ends of speech by itself does not override this; its finals come when it finds them.
        """

    @abstractmethod
    async def finish(self) -> None:
        """End the sound: no more will come, and the iteration ends after the last final."""

    @abstractmethod
    def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        """Yield what is recognised, in the order in which it was said; raise `ProviderError` on failure."""


class Recognizer(Provider[OptionsT]):
    """Speech to text."""

    kind = "recognizer"
    model: str = ""
    """The name of the model, if there is one on which the price depends."""
    input_format: AudioFormat
    """What `Recognition.write` takes; the engine resamples. Known after `start`."""

    @abstractmethod
    def listen(self, hints: Hints) -> AbstractAsyncContextManager[Recognition]:
        """Open a recognition stream; several may be open at the same time."""
