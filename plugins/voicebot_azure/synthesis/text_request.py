"""Text that the voice is given while it is written, as a request of the Speech SDK."""

from __future__ import annotations

import threading
from typing import Any

from voicebot_azure.synthesis.ssml import prosody_of, speakable
from voicebot_azure.synthesis.voices.families import family_of, spoken_as
from voicebot_azure.synthesis.voices.options import Manner


class WrittenText:
    """A request whose text comes piece by piece; used for one attempt to speak it.

    It must be closed in any case: the SDK waits for ever for the end of a text that it lets go of.

    Args:
        sdk: the module `azure.cognitiveservices.speech`.
        language: what the text is in, as a BCP 47 tag; the voice's own when None.
    """

    def __init__(self, sdk: Any, manner: Manner, language: str | None) -> None:
        self.request = sdk.SpeechSynthesisRequest(sdk.SpeechSynthesisRequestInputType.TextStream)
        self._closed = False
        self._using = threading.Lock()
        takes = family_of(manner.voice).takes
        for name, value in prosody_of(manner, takes).items():
            setattr(self.request, name, value)
        if manner.style is not None and "style" in takes:
            self.request.style = manner.style
        if manner.temperature is not None and "temperature" in takes:
            self.request.temperature = max(manner.temperature, family_of(manner.voice).coldest)
        if manner.lexicon and "lexicon" in takes:
            self.request.custom_lexicon_url = manner.lexicon
        wanted = manner.language or language
        if wanted and (tag := spoken_as(manner.voice, wanted)):
            self.request.prefer_locales = tag

    def write(self, text: str) -> None:
        """Add text; characters that cannot be spoken become spaces."""
        with self._using:
            if not self._closed:
                self.request.input_stream.write(speakable(text))

    def close(self) -> None:
        """Say that the text is complete; more than once is harmless."""
        with self._using:  # it is closed from the loop, or from the thread that hangs up
            if not self._closed:
                self._closed = True
                self.request.input_stream.close()
