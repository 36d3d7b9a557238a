"""A voice that is a Wyoming server, such as Home Assistant's for piper."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass

from voicebot import (
    AudioChunk,
    AudioFormat,
    ProviderError,
    SpeechStream,
    StreamedUtterance,
    SynthesisEvent,
    Synthesizer,
    Utterance,
    VoiceDescription,
)
from voicebot_wyoming import sdk
from voicebot_wyoming.exchange import Exchange
from voicebot_wyoming.failures import not_started, shown
from voicebot_wyoming.languages import standard_tag
from voicebot_wyoming.server import Server
from voicebot_wyoming.service_info import Model, ServiceInfo
from voicebot_wyoming.synthesis.options import WyomingSynthesizerOptions
from voicebot_wyoming.synthesis.speech_sound import SpeechSound, received_sound
from voicebot_wyoming.synthesis.speech_stream import WyomingSpeechStream
from voicebot_wyoming.synthesis.spoken_text import has_words, normalized, plain
from voicebot_wyoming.synthesis.voice_choice import VoiceChoice

logger = logging.getLogger(__name__)
_TRIAL = "OK."
_SPEAKERS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class _Service:
    """What a started voice knows of its server."""

    server: Server
    choice: VoiceChoice
    info: ServiceInfo


class WyomingSynthesizer(Synthesizer[WyomingSynthesizerOptions]):
    """Speaks with a Wyoming server, over a connection for each utterance."""

    output_format = AudioFormat(22_050)

    def __init__(self, options: WyomingSynthesizerOptions) -> None:
        super().__init__(options)
        self._service: _Service | None = None

    async def start(self) -> None:
        """Ask the server what it offers, and let it say a word.

        Its sound has the format of the voice, which the server does not say otherwise, and a voice that
        cannot be loaded fails now; one that can is ready afterwards.

        Raises:
            ProviderError: the server cannot be used; the message says why.
        """
        sdk.load()
        options = self.options
        if options.normalize:  # the first time takes tenths of a second
            await asyncio.to_thread(normalized, _TRIAL, "en-US")
        server = Server(options)
        info = await server.describe()
        if not info.voices:
            what = "speech recognition" if info.recognizers else shown(", ".join(info.others)) or "nothing"
            raise ProviderError(
                f"the Wyoming server at {server.address} has no voice, but offers {what}; set `uri` to one "
                "that has"
            )
        choice = VoiceChoice(server.address, info.voices, options)
        if choice.program is not info.voices[0]:
            server = Server(options, choice.program.name)
        if options.text_streaming and not choice.program.streams:
            logger.warning("%s takes only whole sentences: `text_streaming` has no effect", server.address)
        sound = SpeechSound(server.address)
        async for _ in _spoken(server, choice, sound, _TRIAL, None):
            pass
        if sound.format is None:
            raise ProviderError(f"the voice at {server.address} gave no sound; the server's log may say why")
        self.output_format = sound.format
        self._service = _Service(server, choice, info)

    async def aclose(self) -> None:
        """Forget the server; a connection ends with its utterance."""
        self._service = None

    async def voices(self) -> Sequence[VoiceDescription]:
        """Return the voices that the server listed at the start."""
        programs = self._started().info.voices
        if self.options.program is not None:
            programs = tuple(each for each in programs if each.name == self.options.program)
        by_name = {voice.name: voice for program in programs for voice in program.models}
        return [_description(voice) for voice in by_name.values()]

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream the speech of one utterance; markup in the text is read aloud, or left out."""
        service = self._started()
        sound = SpeechSound(service.server.address, self.output_format)
        text, language = utterance.text, utterance.language
        if self.options.normalize:
            text = await asyncio.to_thread(normalized, text, service.choice.language(language))
        async with aclosing(_spoken(service.server, service.choice, sound, text, language)) as pieces:
            async for audio in pieces:
                yield AudioChunk(audio)

    def stream(self, utterance: StreamedUtterance) -> AbstractAsyncContextManager[SpeechStream] | None:
        """Open a synthesis stream, if that is configured and the server can take text in pieces."""
        service = self._service
        if not self.options.text_streaming or service is None or not service.choice.program.streams:
            return None
        return self._stream(service, utterance.language)

    @asynccontextmanager
    async def _stream(self, service: _Service, language: str | None) -> AsyncGenerator[SpeechStream, None]:
        exchange = Exchange(service.server)
        sound = SpeechSound(service.server.address, self.output_format)
        try:
            yield WyomingSpeechStream(exchange, sound, service.choice.request(language))
        finally:
            await exchange.close()

    def _started(self) -> _Service:
        if self._service is None:
            raise not_started("voice")
        return self._service


async def _spoken(
    server: Server, choice: VoiceChoice, sound: SpeechSound, text: str, language: str | None
) -> AsyncGenerator[bytes, None]:
    """Yield the sound of a text; nothing for a text without words."""
    from wyoming.tts import Synthesize

    text = plain(text)
    if not has_words(text):
        return
    async with server.connect() as connection:
        connection.expect_answer(server.timeout)
        await connection.send(Synthesize(text, choice.request(language), text_format="text"))
        async with aclosing(received_sound(connection, sound, "audio-stop")) as pieces:
            async for audio in pieces:
                yield audio


def _description(voice: Model) -> VoiceDescription:
    languages = tuple(standard_tag(tag) or shown(tag) for tag in voice.languages)
    parts = [shown(voice.description)] if voice.description else []
    if voice.speakers:
        more = ", ..." if len(voice.speakers) > _SPEAKERS_SHOWN else ""
        parts.append(f"speakers: {shown(', '.join(voice.speakers[:_SPEAKERS_SHOWN]))}{more}")
    if not voice.installed:
        parts.append("not installed on the server")
    return VoiceDescription(voice.name, languages, description="; ".join(parts))
