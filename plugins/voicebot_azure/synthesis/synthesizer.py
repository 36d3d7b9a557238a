"""The synthesizer `azure-tts`: Azure text to speech through the Speech SDK."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, suppress
from functools import partial

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
from voicebot_azure.diagnosis import diagnose
from voicebot_azure.remedies import failure
from voicebot_azure.sdk import SpeechSdk
from voicebot_azure.synthesis.chunk import SpokenChunk
from voicebot_azure.synthesis.connection import SynthesisConnection
from voicebot_azure.synthesis.connection_config import make_connection
from voicebot_azure.synthesis.options import AzureSynthesizerOptions
from voicebot_azure.synthesis.pool import ConnectionPool
from voicebot_azure.synthesis.retries import SpeechRequests
from voicebot_azure.synthesis.speech_stream import AzureSpeechStream
from voicebot_azure.synthesis.ssml import billed_characters, ends_sentence, speech_markup, split_into_chunks
from voicebot_azure.synthesis.text_request import TextRequest
from voicebot_azure.synthesis.voices.known import known_voices, similar_voices
from voicebot_azure.synthesis.voices.listing import list_voices
from voicebot_azure.threads import in_thread

_CONNECT_TIMEOUT = 1.0
"""Seconds for a connection to open before we find out what is wrong."""
_LIST_TIMEOUT = 3.0
"""Seconds for the list of voices after one was refused."""
_NOT_STARTED = "the synthesizer is not started, or was closed"


class AzureSynthesizer(Synthesizer[AzureSynthesizerOptions]):
    """Speaks with Azure's voices; any number of utterances at the same time."""

    def __init__(self, options: AzureSynthesizerOptions) -> None:
        super().__init__(options)
        self.model = options.voice
        self.output_format = AudioFormat(options.sample_rate)
        self._sdk: SpeechSdk | None = None
        self._whole: SpeechRequests | None = None
        """Requests for whole utterances."""
        self._streamed: SpeechRequests | None = None
        """Requests for text that is still being written, which go to another address."""
        self._voice_names: list[str] | None = None
        """The voices that exist, once the service has been asked."""

    async def start(self) -> None:
        """Load the SDK and connect.

        Raises:
            ProviderError: the SDK cannot be loaded, or the service cannot be reached or rejects the account.
        """
        import numpy  # noqa: F401 - here, since threads that import it at once break it or each other

        await self.aclose()
        sdk = self._sdk = await in_thread(self._load, "azure-tts: load")
        streams = self.options.streams_text
        self._whole = self._make_requests(sdk, None, 1 if streams else self.options.pool)
        if streams:
            endpoint = self.options.text_stream_endpoint
            self._streamed = self._make_requests(sdk, endpoint, self.options.pool)
        try:
            for requests in (self._whole, self._streamed):
                if requests is not None:
                    await requests.pool.fill()
            for requests in (self._whole, self._streamed):
                if requests is not None and not await requests.pool.wait_connected():
                    await self._check(requests)
        except BaseException:
            await self.aclose()
            raise

    async def aclose(self) -> None:
        """Stop speaking and close all connections."""
        pools = [requests.pool for requests in (self._whole, self._streamed) if requests is not None]
        self._whole = self._streamed = None
        for pool in pools:
            await pool.aclose()
        sdk, self._sdk = self._sdk, None
        if sdk is not None:
            await in_thread(sdk.close, "azure-tts: close")

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream the speech of one utterance; the text is plain, so markup is read aloud.

        Asks once more if the service fails before the first sound.
        """
        seconds = 0.0
        for offset, text in split_into_chunks(utterance.text):
            if self._whole is None:
                raise ProviderError(_NOT_STARTED)
            new_attempt = partial(self._new_attempt, text, utterance.language, offset=offset, start=seconds)
            async with aclosing(self._whole.speak(new_attempt)) as events:
                async for event in events:
                    if isinstance(event, AudioChunk):
                        seconds += self.output_format.seconds_in(len(event.audio))
                    yield event

    def stream(self, utterance: StreamedUtterance) -> AbstractAsyncContextManager[SpeechStream] | None:
        """Open a speech stream if `text_streaming` is on and the voice supports it; else return None.

        Asks once more, with all the text so far, if the service fails before the first sound.
        """
        return self._open_stream(utterance) if self.options.streams_text else None

    def billed_characters(self, utterance: Utterance | StreamedUtterance, text: str) -> int:
        """Return about what the service bills: the markup of whole utterances too, and Han twice."""
        if isinstance(utterance, StreamedUtterance):
            return billed_characters(text)
        language, chunks = utterance.language, split_into_chunks(text)
        return sum(billed_characters(speech_markup(self.options, each, language)) for _, each in chunks)

    async def voices(self) -> Sequence[VoiceDescription]:
        """Return the voices of the region.

        Raises:
            ProviderError: the service does not list them.
        """
        found = await self._list_voices()
        if found is None:
            if self._whole is not None:
                await self._check(self._whole)
            raise failure(self.options, "tts", "ServiceError")
        return found

    async def _list_voices(self) -> list[VoiceDescription] | None:
        sdk = self._sdk
        if sdk is None:
            raise ProviderError(_NOT_STARTED)
        return await in_thread(
            lambda: list_voices(sdk.module, sdk.apply_overrides(sdk.config()), self.options),
            "azure-tts: voices",
        )

    @asynccontextmanager
    async def _open_stream(self, utterance: StreamedUtterance) -> AsyncGenerator[SpeechStream, None]:
        sdk = self._sdk
        if sdk is None or self._streamed is None:
            raise ProviderError(_NOT_STARTED)
        stream = AzureSpeechStream(
            self._streamed,
            lambda: TextRequest(sdk.module, self.options, utterance.language),
            lambda text: SpokenChunk(self.output_format, text, offset=0, start=0.0, pause=None),
        )
        try:
            yield stream
        finally:
            stream.close()

    def _new_attempt(
        self, text: str, language: str | None, *, offset: int, start: float
    ) -> tuple[str, SpokenChunk]:
        pause = self.options.sentence_pause if ends_sentence(text) else None
        chunk = SpokenChunk(self.output_format, text, offset=offset, start=start, pause=pause)
        return speech_markup(self.options, text, language), chunk

    def _load(self) -> SpeechSdk:
        return SpeechSdk(self.options, "tts")

    def _make_requests(self, sdk: SpeechSdk, endpoint: str | None, size: int) -> SpeechRequests:
        options, loop = self.options, asyncio.get_running_loop()

        def make(connect: bool, on_lost: Callable[[SynthesisConnection], None]) -> SynthesisConnection:
            return make_connection(sdk, options, loop, endpoint, connect=connect, on_lost=on_lost)

        pool = ConnectionPool(make, size, min(_CONNECT_TIMEOUT, options.first_sound_timeout))
        return SpeechRequests(options, pool, self._explain)

    async def _check(self, requests: SpeechRequests) -> None:
        """Connect to speak a full stop: only then does the SDK report why it cannot connect."""
        chunk = SpokenChunk(self.output_format, ".", offset=0, start=0.0, pause=None)
        if requests is self._whole or self._sdk is None:
            await requests.check(speech_markup(self.options, "."), chunk)
            return
        text = TextRequest(self._sdk.module, self.options, None)
        text.write(".")
        text.close()
        await requests.check(text, chunk)

    async def _explain(self, code: str) -> ProviderError:
        """Return the error to raise, after checking the network if that may be the reason."""
        if code in {"ConnectionFailure", "ServiceTimeout"}:
            found = await in_thread(lambda: diagnose(self.options, "tts"), "azure-tts: diagnose")
            if found is not None:
                return found
        suggestion = await self._suggest_voice() if code == "BadRequest" else ""
        return failure(self.options, "tts", code, suggestion=suggestion)

    async def _suggest_voice(self) -> str:
        """Return which voice is probably meant if there is none of the configured name, else nothing."""
        if self._voice_names is None:
            with suppress(ProviderError, TimeoutError):
                async with asyncio.timeout(_LIST_TIMEOUT):
                    self._voice_names = [voice.name for voice in await self._list_voices() or ()]
        voice, names = self.options.voice, self._voice_names or list(known_voices().values())
        if voice.lower() in {name.lower() for name in names}:
            return ""
        similar = similar_voices(voice, names)
        return f" (did you mean {' or '.join(similar)}?)" if similar else ""
