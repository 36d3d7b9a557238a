"""The recogniser `whisper`: OpenAI's Whisper models on this machine, by CTranslate2."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from voicebot import AudioFormat, Hints, ProviderError, Recognition, Recognizer
from voicebot_local.recognition.decoder import Decoder
from voicebot_local.recognition.options import AUTO, WhisperOptions, unknown_language
from voicebot_local.recognition.session import WhisperRecognition
from voicebot_local.recognition.text import languages
from voicebot_local.recognition.voice_activity import SpeechDetector, SpeechDetectors

__all__ = ["WhisperOptions", "WhisperRecognizer"]

logger = logging.getLogger(__name__)
_MOST_PHRASES = 400
"""Characters of phrases that the model reads; it forgets the beginning of more."""


class WhisperRecognizer(Recognizer[WhisperOptions]):
    """Recognises with a Whisper model, which all conversations share."""

    input_format = AudioFormat(16_000)

    def __init__(self, options: WhisperOptions) -> None:
        super().__init__(options)
        self._decoder: Decoder | None = None
        self._detectors = SpeechDetectors()

    async def start(self) -> None:
        """Load the model, and decode once, so that the first session answers as soon as the others.

        Raises:
            ProviderError: the model is not on this machine or not whole, or the extra is not installed.
        """
        import numpy  # noqa: F401 - here, since threads that import it at once break it or each other

        await self.aclose()
        self._detectors.load()
        self._decoder = await Decoder.start(self.options)

    async def aclose(self) -> None:
        """End the threads, and release the model."""
        decoder, self._decoder = self._decoder, None
        self._detectors = SpeechDetectors()
        if decoder is not None:
            await decoder.close()

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        """Open a session; `hints.languages` are those that it recognises, unless an option says otherwise.

        Raises:
            ProviderError: the model knows none of the languages, or the recogniser was not started.
        """
        decoder = self._decoder
        if decoder is None:
            raise ProviderError("whisper was not started")
        tags, codes = self._languages(hints, decoder)
        prompt = " ".join(hints.phrases)[:_MOST_PHRASES].strip() if self.options.phrases else ""
        session = WhisperRecognition(decoder, SpeechDetector(self._detectors), tags, codes, prompt)
        try:
            yield session
        finally:
            session.close()

    def _languages(self, hints: Hints, decoder: Decoder) -> tuple[list[str], list[str]]:
        """Return the languages to recognise, as tags and as Whisper's codes; none if it may be any."""
        if self.options.language == AUTO:
            return list(hints.languages), []
        wanted = [self.options.language] if self.options.language else list(hints.languages)
        found = {tag: languages.code_of(tag, decoder.spoken) for tag in wanted}
        unknown = [tag for tag, code in found.items() if code is None]
        if unknown:
            message = unknown_language(self.options.model, unknown, decoder.spoken)
            if len(unknown) == len(found):
                raise ProviderError(message)
            logger.warning("%s", message)
        return wanted, list(dict.fromkeys(code for code in found.values() if code is not None))
