"""The sound of an utterance, from the server's events to the format of the voice."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any

from voicebot import AudioFormat, ProviderError, Resampler
from voicebot_wyoming.address import Address
from voicebot_wyoming.connection import Connection
from voicebot_wyoming.failures import shown

if TYPE_CHECKING:
    from wyoming.event import Event

_SAMPLE = 2
_RATES = range(8_000, 192_001)


class SpeechSound:
    """Converts the sound of one utterance.

    Args:
        target: the format to convert to; None for the server's own.
    """

    def __init__(self, address: Address, target: AudioFormat | None = None) -> None:
        self.format = target
        """The format of the result; known after the first event."""
        self._address = address
        self._announced: dict[str, Any] = {}
        self._rate = 0
        self._resampler: Resampler | None = None
        self._rest = b""

    def take(self, event: Event) -> bytes:
        """Return the sound that is ready after an event `audio-start` or `audio-chunk`.

        Raises:
            ProviderError: it is not mono with 16 bits, or its rate is none that sound has.
        """
        if event.type == "audio-start":
            self._announced = event.data
        rate = self._checked_rate(self._announced | event.data)
        before = self.flush() if rate != self._rate else b""
        if self.format is None:
            self.format = AudioFormat(rate)
        if self._resampler is None:
            self._rate, self._resampler = rate, Resampler(AudioFormat(rate), self.format)
        sound = self._rest + (event.payload or b"")
        whole = len(sound) // _SAMPLE * _SAMPLE
        self._rest = sound[whole:]
        return before + (self._resampler.write(sound[:whole]) if whole else b"")

    def flush(self) -> bytes:
        """Return the rest, and start over."""
        resampler, self._resampler = self._resampler, None
        self._rest = b""
        return resampler.flush() if resampler is not None else b""

    def _checked_rate(self, data: dict[str, Any]) -> int:
        rate, width, channels = data.get("rate"), data.get("width"), data.get("channels")
        if width != _SAMPLE or channels != 1:
            raise ProviderError(
                f"the voice at {self._address} sends {shown(channels)} channels with {shown(width)} bytes a "
                "sample; set it to mono with 16 bits, 2 bytes a sample"
            )
        if not isinstance(rate, int) or rate not in _RATES:
            raise ProviderError(f"the voice at {self._address} sends sound with a rate of {shown(rate)} Hz")
        return rate


async def received_sound(connection: Connection, sound: SpeechSound, end: str) -> AsyncGenerator[bytes, None]:
    """Yield the sound that a server sends, up to the event of the type `end`."""
    while (event := await connection.receive()).type != end:
        if event.type in {"audio-start", "audio-chunk"} and (audio := sound.take(event)):
            yield audio
    if rest := sound.flush():
        yield rest
