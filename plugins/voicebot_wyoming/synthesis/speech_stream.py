"""Speaking text while it is being written, with a server that can take it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING

from voicebot import AudioChunk, SpeechStream, SynthesisEvent
from voicebot_wyoming.exchange import Exchange
from voicebot_wyoming.synthesis.speech_sound import SpeechSound, received_sound
from voicebot_wyoming.synthesis.spoken_text import has_words, plain

if TYPE_CHECKING:
    from wyoming.tts import SynthesizeVoice


class WyomingSpeechStream(SpeechStream):
    """Connects with the first word; a text without words never reaches the server."""

    def __init__(self, exchange: Exchange, sound: SpeechSound, voice: SynthesizeVoice | None) -> None:
        self._exchange = exchange
        self._sound = sound
        self._voice = voice
        self._text = ""

    async def write(self, text: str) -> None:
        """Send the next piece of text."""
        from wyoming.tts import SynthesizeChunk, SynthesizeStart

        text = plain(text)
        self._text += text
        if self._exchange.is_open:
            await self._exchange.send(SynthesizeChunk(text))
        elif has_words(text):
            await self._exchange.open(
                SynthesizeStart(self._voice, text_format="text"), SynthesizeChunk(self._text)
            )

    async def finish(self) -> None:
        """End the text, and let the server speak the rest."""
        from wyoming.tts import Synthesize, SynthesizeStop

        # the whole text, which the protocol asks for, is for servers that cannot take it in pieces
        whole = Synthesize(self._text, self._voice, text_format="text")
        await self._exchange.send(whole, SynthesizeStop())
        self._exchange.expect_answer()

    async def __aiter__(self) -> AsyncIterator[SynthesisEvent]:
        """Yield the sound of all the text.

        Raises:
            ProviderError: the server failed, or the connection to it.
        """
        connection = await self._exchange.connection()
        if connection is None:
            return
        async with aclosing(received_sound(connection, self._sound, "synthesize-stopped")) as pieces:
            async for audio in pieces:
                yield AudioChunk(audio)
