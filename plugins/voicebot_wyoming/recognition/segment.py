"""One segment of speech: its sound goes to the server over a connection of its own, its words come back."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING

from voicebot import (
    AudioFormat,
    FinalTranscript,
    PartialTranscript,
    RecognitionEvent,
    SpeechStarted,
    SpeechStopped,
)
from voicebot_wyoming.exchange import Exchange
from voicebot_wyoming.languages import standard_tag
from voicebot_wyoming.recognition.transcript_text import extended, words_in
from voicebot_wyoming.server import Server

if TYPE_CHECKING:
    from wyoming.event import Eventable

FORMAT = AudioFormat(16_000)
_PCM = {"rate": FORMAT.rate, "width": 2, "channels": 1}
_LONGEST_CHUNK = FORMAT.bytes_per_second
"""Bytes of sound in an event."""


class Segment:
    """The sound up to one commit, and its final transcript; without sound, no server is asked.

    Args:
        request: the events that precede the sound.
    """

    def __init__(self, server: Server, request: Sequence[Eventable]) -> None:
        self.is_over = False
        """Whether the server has sent its transcript, by which it ends the sound."""
        self._exchange = Exchange(server)
        self._request = request
        self._committed = False

    async def write(self, audio: bytes) -> None:
        """Send sound; wait while the server does not take it."""
        from wyoming.audio import AudioChunk, AudioStart

        if not self._exchange.is_open:
            await self._exchange.open(*self._request, AudioStart(**_PCM))
        for first in range(0, len(audio), _LONGEST_CHUNK):
            await self._exchange.send(AudioChunk(audio=audio[first : first + _LONGEST_CHUNK], **_PCM))

    async def commit(self) -> None:
        """End the sound, and let the server answer."""
        from wyoming.audio import AudioStop

        self._committed = True
        await self._exchange.send(AudioStop())
        self._exchange.expect_answer()

    async def events(self) -> AsyncGenerator[RecognitionEvent, None]:
        """Yield partial transcripts, and the final one, which is empty if there was no sound.

        Without a commit, an empty final is left out: the server has ended the speech by itself.
        """
        connection = await self._exchange.connection()
        if connection is None:
            yield FinalTranscript("")
            return
        try:
            text, shown, language = "", "", None
            while not self.is_over:
                event = await connection.receive()
                match event.type:
                    case "transcript-start":
                        language = standard_tag(event.data.get("language"))
                    case "transcript-chunk":
                        text = extended(text, event.data.get("text"))
                        if (words := words_in(text)) and words != shown:
                            shown = words
                            yield PartialTranscript(words)
                    case "voice-started":
                        yield SpeechStarted()
                    case "voice-stopped":
                        yield SpeechStopped()
                    case "transcript" | "transcript-stop":
                        self.is_over = True
                        text = words_in(event.data.get("text", text))
                        language = standard_tag(event.data.get("language")) or language
        finally:
            await self.close()
        if text or self._committed:
            yield FinalTranscript(text, language)

    async def close(self) -> None:
        """Close the connection at once."""
        await self._exchange.close()
