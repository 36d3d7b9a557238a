"""A request of the Speech SDK whose text is streamed while it is being written."""

from __future__ import annotations

import threading
from typing import Any

from voicebot_azure.synthesis.ssml import prosody_of, replace_unspeakable
from voicebot_azure.synthesis.voices.families import family_of, spoken_as
from voicebot_azure.synthesis.voices.options import VoiceOptions


class TextRequest:
    """A streamed request, used for one attempt to speak the text.

    Always close it: the SDK waits for the end of the text for ever, even after it has let go of the request.

    Args:
        sdk: the module `azure.cognitiveservices.speech`.
        language: BCP 47 tag of the text; the voice's own language when None.
    """

    def __init__(self, sdk: Any, options: VoiceOptions, language: str | None) -> None:
        self.request = sdk.SpeechSynthesisRequest(sdk.SpeechSynthesisRequestInputType.TextStream)
        self._closed = False
        self._using = threading.Lock()
        family = family_of(options.voice)
        for name, value in prosody_of(options, family.supports).items():
            setattr(self.request, name, value)
        if options.style is not None and "style" in family.supports:
            self.request.style = options.style
        if options.temperature is not None and "temperature" in family.supports:
            self.request.temperature = max(options.temperature, family.min_temperature)
        if options.lexicon and "lexicon" in family.supports:
            self.request.custom_lexicon_url = options.lexicon
        wanted = options.language or language
        if wanted and (tag := spoken_as(options.voice, wanted)):
            self.request.prefer_locales = tag

    def write(self, text: str) -> None:
        """Add text; characters that cannot be spoken become spaces."""
        with self._using:
            if not self._closed:
                self.request.input_stream.write(replace_unspeakable(text))

    def close(self) -> None:
        """End the text; may be called more than once."""
        with self._using:  # called from the loop, or from the thread that closes the connection
            if not self._closed:
                self._closed = True
                self.request.input_stream.close()
