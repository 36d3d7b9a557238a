"""The `azure-tts` synthesizer: Azure's voices, streamed as they are made."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from voicebot import (
    AudioChunk,
    AudioFormat,
    ProviderError,
    SynthesisEvent,
    Synthesizer,
    Utterance,
    VoiceDescription,
)
from voicebot_azure.diagnosis import diagnose
from voicebot_azure.families import family_of
from voicebot_azure.line import Line, Outcome, SpokenWord
from voicebot_azure.piece import SpokenPiece
from voicebot_azure.pool import Pool
from voicebot_azure.remedies import failure
from voicebot_azure.speech import Speech, set_property
from voicebot_azure.ssml import ends_sentence, pieces, speech_markup
from voicebot_azure.synthesizer_options import AzureSynthesizerOptions
from voicebot_azure.threads import in_thread
from voicebot_azure.voice_list import list_voices

logger = logging.getLogger(__name__)

_PATIENCE = 1.0  # seconds for a connection, before we look what is the matter
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
        self._pool: Pool | None = None

    async def start(self) -> None:
        """Load the SDK and connect.

        Raises:
            ProviderError: the SDK cannot be loaded, or the service cannot be reached or refuses the account.
        """
        speech = await in_thread(self._load, "azure-tts: load")
        loop = asyncio.get_running_loop()
        self._speech = speech
        pool = Pool(
            lambda connect, lost: self._make_line(speech, loop, connect=connect, lost=lost),
            self.options.pool,
            min(_PATIENCE, self.options.first_sound_timeout),
        )
        self._pool = pool
        try:
            await pool.fill()
            if not await pool.wait_connected():
                await self._try()
        except BaseException:
            await self.aclose()
            raise

    async def aclose(self) -> None:
        """Stop speaking and close all connections."""
        pool, self._pool = self._pool, None
        if pool is not None:
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
            markup = speech_markup(self.options, text, utterance.language)
            pause = self.options.sentence_pause if ends_sentence(text) else None
            for last in (False, True):
                begun = False
                piece = SpokenPiece(self.output_format, text, first=first, begun=seconds, pause=pause)
                try:
                    async with aclosing(self._attempt(markup, piece)) as events:
                        async for event in events:
                            begun = True
                            if isinstance(event, AudioChunk):
                                seconds += self.output_format.seconds_in(len(event.audio))
                            yield event
                    break
                except _Broken as broken:
                    if self._pool is None:
                        raise ProviderError("the voice was closed while it spoke") from None
                    error = failure(self.options, "tts", broken.trouble)
                    if begun or last or not error.retryable:
                        raise await self._explain(broken.trouble) from None
                    logger.info("%s (asking again)", error)

    async def voices(self) -> Sequence[VoiceDescription]:
        """Return the voices of the region.

        Raises:
            ProviderError: the service does not say.
        """
        speech = self._speech
        if speech is None:
            raise ProviderError("the voice is not started, or was closed")
        found = await in_thread(
            lambda: list_voices(speech.sdk, speech.finish(speech.config()), self.options), "azure-tts: voices"
        )
        if found is None:
            await self._try()
            raise failure(self.options, "tts", "ServiceError")
        return found

    async def _attempt(
        self, markup: str, piece: SpokenPiece, *, afresh: bool = False
    ) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream one piece of an utterance; raise `_Broken` if that fails."""
        if self._pool is None:
            raise ProviderError("the voice is not started, or was closed")
        pool, complete = self._pool, False
        line = await pool.take(afresh=afresh)
        try:
            async with aclosing(line.speak(markup)) as items:
                async for item in items:
                    match item:
                        case bytes():
                            for event in piece.sound(item):
                                yield event
                        case SpokenWord():
                            piece.word(item.text, item.seconds)
                        case Outcome(trouble=None):
                            complete = True
                        case Outcome(trouble=str(trouble)):
                            raise _Broken(trouble)
        finally:
            if complete:
                pool.give_back(line)
            else:
                pool.discard(line)
        for event in piece.end():
            yield event

    def _load(self) -> Speech:
        import numpy  # noqa: F401 - else the first utterance would wait for it

        return Speech(self.options, "tts")

    def _make_line(
        self,
        speech: Speech,
        loop: asyncio.AbstractEventLoop,
        *,
        connect: bool,
        lost: Callable[[Line], None],
    ) -> Line:
        options, sdk = self.options, speech.sdk
        try:
            config = speech.config()
            config.set_speech_synthesis_output_format(
                getattr(sdk.SpeechSynthesisOutputFormat, _FORMATS[options.sample_rate])
            )
            for name, value in self._properties().items():
                set_property(sdk, config, name, value)
            words = family_of(options.voice).word_timings
            return Line(sdk, speech.finish(config), loop, words=words, connect=connect, lost=lost)
        except RuntimeError as error:
            raise failure(options, "tts", "RuntimeError") from error

    def _properties(self) -> dict[str, str]:
        return {
            "SpeechSynthesis_FirstChunkTimeoutMs": f"{self.options.first_sound_timeout * 1000:.0f}",
            "SpeechSynthesis_FrameTimeoutInterval": f"{self.options.sound_timeout * 1000:.0f}",
            "SpeechSynthesis_RtfTimeoutThreshold": "0",  # else the pause may last twice the sound before it
            "SpeechSynthesis_MaxRetryTimes": "0",  # we ask again ourselves, on another connection
        }

    async def _try(self) -> None:
        """Connect to say a full stop, since only then the SDK tells why it cannot."""
        piece = SpokenPiece(self.output_format, ".", first=0, begun=0.0, pause=None)
        try:
            async with aclosing(
                self._attempt(speech_markup(self.options, "."), piece, afresh=True)
            ) as events:
                async for _ in events:
                    pass
        except _Broken as broken:
            raise await self._explain(broken.trouble) from None

    async def _explain(self, trouble: str) -> ProviderError:
        """Return what to raise, after a look at the network where that may be the reason."""
        if trouble in {"ConnectionFailure", "ServiceTimeout"}:
            found = await in_thread(lambda: diagnose(self.options, "tts"), "azure-tts: diagnose")
            if found is not None:
                return found
        return failure(self.options, "tts", trouble)


class _Broken(Exception):
    """An attempt failed; `trouble` is its row in the table of remedies."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble
