"""The `azure-tts` synthesizer: Azure's voices, streamed as they are made."""

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
from voicebot_azure.sdk import Speech, set_property
from voicebot_azure.synthesis.chunk import SpokenPiece
from voicebot_azure.synthesis.connection import Line
from voicebot_azure.synthesis.options import AzureSynthesizerOptions
from voicebot_azure.synthesis.pool import Pool
from voicebot_azure.synthesis.retries import Attempts
from voicebot_azure.synthesis.speech_stream import AzureSpeechStream
from voicebot_azure.synthesis.ssml import ends_sentence, pieces, speech_markup
from voicebot_azure.synthesis.text_request import WrittenText
from voicebot_azure.synthesis.voices.families import family_of
from voicebot_azure.synthesis.voices.known import known_voices, voices_like
from voicebot_azure.synthesis.voices.listing import list_voices
from voicebot_azure.threads import in_thread

_PATIENCE = 1.0  # seconds for a connection, before we look what is the matter
_LOOKING_UP = 3.0  # seconds for the list of voices, when one was refused
_LONGEST_PAUSE = 120.0  # seconds in the middle of a text that is being written
_NOT_STARTED = "the voice is not started, or was closed"
_FORMATS = {
    8_000: "Raw8Khz16BitMonoPcm",
    16_000: "Raw16Khz16BitMonoPcm",
    22_050: "Raw22050Hz16BitMonoPcm",
    24_000: "Raw24Khz16BitMonoPcm",
    44_100: "Raw44100Hz16BitMonoPcm",
    48_000: "Raw48Khz16BitMonoPcm",
}


class AzureSynthesizer(Synthesizer[AzureSynthesizerOptions]):
    """Speaks with Azure's voices; any number of utterances at the same time."""

    def __init__(self, options: AzureSynthesizerOptions) -> None:
        super().__init__(options)
        self.output_format = AudioFormat(options.sample_rate)
        self._speech: Speech | None = None
        self._whole: Attempts | None = None
        """What speaks whole utterances."""
        self._streamed: Attempts | None = None
        """What speaks text while it is written; that has an address of its own."""
        self._names: list[str] | None = None
        """The voices that there are, once that was looked up."""

    async def start(self) -> None:
        """Load the SDK and connect.

        Raises:
            ProviderError: the SDK cannot be loaded, or the service cannot be reached or refuses the account.
        """
        await self.aclose()
        speech = self._speech = await in_thread(self._load, "azure-tts: load")
        streams = self.options.streams_text
        self._whole = self._attempts(speech, None, 1 if streams else self.options.pool)
        if streams:
            self._streamed = self._attempts(speech, self.options.text_stream_endpoint, self.options.pool)
        try:
            for attempts in (self._whole, self._streamed):
                if attempts is not None:
                    await attempts.pool.fill()
            for attempts in (self._whole, self._streamed):
                if attempts is not None and not await attempts.pool.wait_connected():
                    await self._try(attempts)
        except BaseException:
            await self.aclose()
            raise

    async def aclose(self) -> None:
        """Stop speaking and close all connections."""
        closing = [attempts.pool for attempts in (self._whole, self._streamed) if attempts is not None]
        self._whole = self._streamed = None
        for pool in closing:
            await pool.aclose()
        speech, self._speech = self._speech, None
        if speech is not None:
            await in_thread(speech.close, "azure-tts: close")

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream the speech of one utterance; the text is plain, markup is read aloud.

        Asks once more if the service fails before the first sound.
        """
        seconds = 0.0
        for first, text in pieces(utterance.text):
            if self._whole is None:
                raise ProviderError(_NOT_STARTED)
            ask = partial(self._ask, text, utterance.language, first=first, begun=seconds)
            async with aclosing(self._whole.speak(ask)) as events:
                async for event in events:
                    if isinstance(event, AudioChunk):
                        seconds += self.output_format.seconds_in(len(event.audio))
                    yield event

    def stream(self, utterance: StreamedUtterance) -> AbstractAsyncContextManager[SpeechStream] | None:
        """Open one stretch of speaking, if `text_streaming` is on and the voice can; else return None.

        Asks once more, with all the text so far, if the service fails before the first sound.
        """
        return self._open(utterance) if self.options.streams_text else None

    async def voices(self) -> Sequence[VoiceDescription]:
        """Return the voices of the region.

        Raises:
            ProviderError: the service does not say.
        """
        found = await self._list_voices()
        if found is None:
            if self._whole is not None:
                await self._try(self._whole)
            raise failure(self.options, "tts", "ServiceError")
        return found

    async def _list_voices(self) -> list[VoiceDescription] | None:
        speech = self._speech
        if speech is None:
            raise ProviderError(_NOT_STARTED)
        return await in_thread(
            lambda: list_voices(speech.sdk, speech.finish(speech.config()), self.options), "azure-tts: voices"
        )

    @asynccontextmanager
    async def _open(self, utterance: StreamedUtterance) -> AsyncGenerator[SpeechStream, None]:
        speech = self._speech
        if speech is None or self._streamed is None:
            raise ProviderError(_NOT_STARTED)
        stream = AzureSpeechStream(
            self._streamed,
            lambda: WrittenText(speech.sdk, self.options, utterance.language),
            lambda text: SpokenPiece(self.output_format, text, first=0, begun=0.0, pause=None),
        )
        try:
            yield stream
        finally:
            stream.close()

    def _ask(self, text: str, language: str | None, *, first: int, begun: float) -> tuple[str, SpokenPiece]:
        pause = self.options.sentence_pause if ends_sentence(text) else None
        piece = SpokenPiece(self.output_format, text, first=first, begun=begun, pause=pause)
        return speech_markup(self.options, text, language), piece

    def _attempts(self, speech: Speech, endpoint: str | None, size: int) -> Attempts:
        loop = asyncio.get_running_loop()

        def make(connect: bool, lost: Callable[[Line], None]) -> Line:
            return self._make_line(speech, loop, endpoint, connect=connect, lost=lost)

        pool = Pool(make, size, min(_PATIENCE, self.options.first_sound_timeout))
        return Attempts(self.options, pool, self._explain)

    def _load(self) -> Speech:
        import numpy  # noqa: F401 - else the first utterance would wait for it

        return Speech(self.options, "tts")

    def _make_line(
        self,
        speech: Speech,
        loop: asyncio.AbstractEventLoop,
        endpoint: str | None,
        *,
        connect: bool,
        lost: Callable[[Line], None],
    ) -> Line:
        options, sdk = self.options, speech.sdk
        try:
            config = speech.config(endpoint)
            config.set_speech_synthesis_output_format(
                getattr(sdk.SpeechSynthesisOutputFormat, _FORMATS[options.sample_rate])
            )
            if endpoint is not None:  # else the markup says who speaks
                config.speech_synthesis_voice_name = options.voice
                if options.language:
                    config.speech_synthesis_language = options.language
            for name, value in self._properties(streamed=endpoint is not None).items():
                set_property(sdk, config, name, value)
            words = family_of(options.voice).word_timings
            return Line(sdk, speech.finish(config), loop, words=words, connect=connect, lost=lost)
        except RuntimeError as error:
            raise failure(options, "tts", "RuntimeError") from error

    def _properties(self, *, streamed: bool) -> dict[str, str]:
        # Text that is being written may pause as long as it likes: the engine minds the time.
        pause = _LONGEST_PAUSE if streamed else self.options.sound_timeout
        first = _LONGEST_PAUSE if streamed else self.options.first_sound_timeout
        return {
            "SpeechSynthesis_FirstChunkTimeoutMs": f"{first * 1000:.0f}",
            "SpeechSynthesis_FrameTimeoutInterval": f"{pause * 1000:.0f}",
            "SpeechSynthesis_RtfTimeoutThreshold": "0",  # else the pause may last twice the sound before it
            "SpeechSynthesis_MaxRetryTimes": "0",  # we ask again ourselves, on another connection
        }

    async def _try(self, attempts: Attempts) -> None:
        """Connect to say a full stop, since only then the SDK tells why it cannot."""
        piece = SpokenPiece(self.output_format, ".", first=0, begun=0.0, pause=None)
        if attempts is self._whole or self._speech is None:
            await attempts.check(speech_markup(self.options, "."), piece)
            return
        text = WrittenText(self._speech.sdk, self.options, None)
        text.write(".")
        text.close()
        await attempts.check(text, piece)

    async def _explain(self, trouble: str) -> ProviderError:
        """Return what to raise, after a look at the network where that may be the reason."""
        if trouble in {"ConnectionFailure", "ServiceTimeout"}:
            found = await in_thread(lambda: diagnose(self.options, "tts"), "azure-tts: diagnose")
            if found is not None:
                return found
        meant = await self._meant() if trouble == "BadRequest" else ""
        return failure(self.options, "tts", trouble, meant=meant)

    async def _meant(self) -> str:
        """Return which voice is meant, where there is none of that name."""
        if self._names is None:
            with suppress(ProviderError, TimeoutError):
                async with asyncio.timeout(_LOOKING_UP):
                    self._names = [voice.name for voice in await self._list_voices() or ()]
        voice, names = self.options.voice, self._names or list(known_voices().values())
        if voice.lower() in {name.lower() for name in names}:
            return ""
        near = voices_like(voice, names)
        return f" (did you mean {' or '.join(near)}?)" if near else ""
