"""Sound that comes in pieces of any size, a sample perhaps split between two of them."""

from __future__ import annotations

from voicebot.audio import BYTES_PER_SAMPLE


class WholeSamples:
    """Joins what was split; a single byte that is left at the end is no sound."""

    def __init__(self) -> None:
        self._rest = b""

    def __call__(self, audio: bytes) -> bytes:
        """Return the whole samples that are there with the next piece."""
        if not self._rest and not len(audio) % BYTES_PER_SAMPLE:
            return audio
        audio = self._rest + audio
        size = len(audio) // BYTES_PER_SAMPLE * BYTES_PER_SAMPLE
        self._rest = audio[size:]
        return audio[:size]
