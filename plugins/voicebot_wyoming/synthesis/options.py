"""The options of the `wyoming` synthesizer."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import field_validator

from voicebot import Advice, Field, language_tag
from voicebot_wyoming.options import ServerOptions


class WyomingSynthesizerOptions(ServerOptions):
    """Options of the `wyoming` synthesizer."""

    uri: str = "tcp://127.0.0.1:10200"
    """Address of the server: `tcp://HOST:PORT`, or `unix:///PATH` for a socket on this machine."""
    voice: str | None = Field(None, min_length=1)
    """Name of a voice, such as `en_US-joe-medium`; `voicebot voices` lists them. The server decides by
    default."""
    speaker: str | None = Field(None, min_length=1)
    """Name of a speaker of `voice`, if it has several."""
    voices: dict[str, str] = Field(default_factory=dict)
    """Voices for other languages than that of `voice`, by language: `{de: de_DE-thorsten-medium}`."""
    normalize: bool = True
    """Whether to write out numbers, amounts, dates and abbreviations before the server gets the text, because
    local voices such as piper's misread many of them. Turn it off for voices that read them correctly."""
    text_streaming: bool = False
    """Whether to send a reply to the voice while it is being written, if the server can take it, instead of
    sentence by sentence. Most servers wait for the beginning of the next sentence before they speak the one
    before, so the bot begins later, and knows less exactly what was heard of an interrupted reply.
    `normalize` then has no effect."""

    @field_validator("voices")
    @classmethod
    def _check_languages(cls, voices: dict[str, str]) -> dict[str, str]:
        return {language_tag(language): voice for language, voice in voices.items()}

    def advice(self, language: str) -> Iterable[Advice]:
        """Report a speaker without its voice."""
        if self.speaker is not None and self.voice is None:
            yield Advice("speaker", "`speaker` needs `voice`, the voice that has this speaker", "error")
