"""Where sound comes from and goes to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import ClassVar

from voicebot.audio import AudioFormat
from voicebot.interfaces.provider import OptionsT, Provider
from voicebot.messages import DeviceEvent, Endpoint


class AudioStream(ABC):
    """The sound of one conversation: iterate to hear the user, write to speak."""

    microphone: AudioFormat | None = None
    """Format of the frames that iterating yields; None if lines are typed instead."""
    speaker: AudioFormat | None = None
    """Format that `write` takes; None if there is no sound, only text to read."""
    live: bool = True
    """False if sound comes faster than real time and waits for the bot, such as from a file."""
    takes_back: bool = True
    """False if sound can only be cleared to end a reply, not to play it once more. The bot is then not ducked
    or paused while the user makes a sound that may be no interruption."""
    underruns: int = 0
    """How often the speaker ran out of sound in the middle of speech."""

    @abstractmethod
    def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        """Yield frames of sound (about 20 ms of s16le each), typed lines, and changes of the device.

        Ends when nothing more will come: at the end of a file, or when the user hung up.
        """

    async def write(self, audio: bytes) -> None:
        """Queue sound for the speaker; wait while about a second of it is already queued.

        Called with one piece at a time. While this waits, the piece may or may not be queued. It may be
        cancelled while it waits, which happens before `clear`: after that, it must not queue anything.
        """
        raise TypeError(f"{type(self).__name__} has no speaker to write to")

    def clear(self) -> None:  # noqa: B027 - nothing is queued if there is no speaker
        """Discard what is queued; the speaker must be silent within 50 ms.

        Sound that is already on its way to the loudspeaker and cannot be stopped counts as `played` by then.
        What is written next comes after it.
        """

    @property
    def played(self) -> float:
        """Seconds of written sound that have been played since the stream was opened.

        Never decreases. Sound that was cleared, or written while the device was lost, does not count.
        """
        return 0.0

    async def drain(self) -> None:  # noqa: B027 - nothing is queued if there is no speaker
        """Wait until everything written has been played or cleared, or was lost with the device."""


class AudioDevice(Provider[OptionsT]):
    """Where sound comes from and goes to: a sound card, files, a keyboard, or a telephone in a plugin."""

    kind = "device"
    text_only: ClassVar[bool] = False
    """True if lines are typed and read, so that neither recogniser nor synthesizer is needed."""

    def endpoints(self) -> Sequence[Endpoint]:
        """Return the microphones and speakers to choose from, after `start`; none if there is no choice.

        May take a while. Raise `DeviceError` if the system cannot list them.
        """
        return ()

    @abstractmethod
    def open(self) -> AbstractAsyncContextManager[AudioStream]:
        """Open a stream for one conversation; raise `DeviceError` if the device cannot be used."""
