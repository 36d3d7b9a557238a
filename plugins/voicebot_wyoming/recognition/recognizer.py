"""A recogniser that is a Wyoming server, such as Home Assistant's for Whisper."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from voicebot import Hints, ProviderError, Recognition, Recognizer
from voicebot_wyoming import sdk
from voicebot_wyoming.failures import not_started, shown
from voicebot_wyoming.languages import offered_as
from voicebot_wyoming.recognition.options import WyomingRecognizerOptions
from voicebot_wyoming.recognition.segment import FORMAT, Segment
from voicebot_wyoming.recognition.session import WyomingRecognition
from voicebot_wyoming.server import Server, choose_program

if TYPE_CHECKING:
    from wyoming.asr import Transcribe

logger = logging.getLogger(__name__)
_MOST_PHRASES = 200
"""Phrases that are sent as hints; servers hand them to models that read only some hundred words."""


class WyomingRecognizer(Recognizer[WyomingRecognizerOptions]):
    """Recognises with a Wyoming server, which transcribes each segment of speech when it is committed.

    Partial transcripts come only from a server that streams them.
    """

    input_format = FORMAT

    def __init__(self, options: WyomingRecognizerOptions) -> None:
        super().__init__(options)
        self._server: Server | None = None
        self._languages: tuple[str, ...] = ()

    async def start(self) -> None:
        """Ask the server what it offers, and check that it recognises speech, with the model if one is set.

        Raises:
            ProviderError: the server cannot be used; the message says why.
        """
        sdk.load()
        options = self.options
        server = Server(options)
        info = await server.describe()
        if not info.recognizers:
            what = "text to speech" if info.voices else shown(", ".join(info.others)) or "nothing"
            raise ProviderError(
                f"the Wyoming server at {server.address} recognises no speech, but offers {what}; set `uri` "
                "to one that does"
            )
        program, model = choose_program(server.address, info.recognizers, options, options.model, "model")
        models = (model,) if model is not None else program.models[:1]
        self._languages = tuple(tag for each in models for tag in each.languages)
        self._server = Server(options, None if program is info.recognizers[0] else program.name)

    async def aclose(self) -> None:
        """Forget the server; the connections of a session end with it."""
        self._server = None

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        """Open a session; it connects when there is sound."""
        server = self._server
        if server is None:
            raise not_started("recogniser")
        request = self._request(hints)
        recognition = WyomingRecognition(lambda: Segment(server, (request,)))
        try:
            yield recognition
        finally:
            await recognition.close()

    def _request(self, hints: Hints) -> Transcribe:
        from wyoming.asr import Transcribe

        phrases = [phrase for phrase in hints.phrases if phrase.strip()][:_MOST_PHRASES]
        return Transcribe(
            name=self.options.model,
            language=self.options.language or self._offered_language(hints),
            vad_sensitivity="relaxed",  # the engine finds the ends of speech
            transcript_terms=phrases or None,
        )

    def _offered_language(self, hints: Hints) -> str | None:
        """Return the language to ask for; None if several may be spoken, or the server lists none of them."""
        if len(hints.languages) != 1:
            return None
        offered = offered_as(hints.languages[0], self._languages)
        if offered is None and self._languages:
            logger.warning(
                "the Wyoming server at %s lists %s, not %s; set `language` if it can recognise that",
                self.options.uri,
                shown(", ".join(self._languages[:12])),
                hints.languages[0],
            )
        return offered
