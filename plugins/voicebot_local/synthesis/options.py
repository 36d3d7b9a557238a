"""The options of the `piper` synthesizer, and advice on them."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec

from pydantic import field_validator

from voicebot import Advice, Field, Options, ProviderError, language_tag
from voicebot_local.synthesis.voices.voice_config import read_config
from voicebot_local.synthesis.voices.voice_files import files_of
from voicebot_local.synthesis.voices.voice_selection import VoiceSelection


class PiperOptions(Options):
    """Which voice speaks, and how it sounds."""

    voice: str | None = Field(None, min_length=1)
    """Name of a voice, such as `en_US-lessac-medium`, or path of its `.onnx` file, with its `.onnx.json`
    beside it; a relative path is relative to the current folder. `voicebot voices` lists the names, and
    `voicebot models fetch piper/NAME` fetches a voice; nothing is fetched while a bot starts. By default, a
    voice that is here and speaks the language; `en_US-joe-medium` comes with the extra `local`."""
    voices: dict[str, str] = Field(default_factory=dict)
    """Voices for other languages, by language tag, such as `de: de_DE-thorsten-medium`. They take over when
    the text is in that language; each is loaded when it is needed first."""
    speaker: str | int | None = Field(None)
    """Name or number (from 0) of the speaker, for a `voice` with several, such as `en_GB-vctk-medium`."""
    length_scale: float | None = Field(None, ge=0.25, le=4)
    """How long sounds are: 0.5 is twice as fast, 2 half as fast. By default, the voice's own, mostly 1."""
    noise_scale: float | None = Field(None, ge=0, le=2)
    """How much the sound varies at random. By default, the voice's own, mostly 0.667."""
    noise_w: float | None = Field(None, ge=0, le=2)
    """How much the length of sounds varies at random. By default, the voice's own, mostly 0.8."""
    volume: int = Field(100, ge=0, le=200)
    """Volume in per cent; all voices are about equally loud at 100. Peaks above full scale are compressed."""

    @field_validator("voices")
    @classmethod
    def _check_tags(cls, voices: dict[str, str]) -> dict[str, str]:
        for tag in voices:
            language_tag(tag)
        return voices

    def advice(self, language: str) -> Iterable[Advice]:
        """Report voices that are not here, a speaker that does not exist, and a language without a voice."""
        if find_spec("piper") is None:  # reported already, together with the rest of the extra
            return
        for voice in self.voices.values():
            try:
                read_config(files_of(voice))
            except ProviderError as error:
                yield Advice("voices", _without_name(error), "error")
        try:
            selection = VoiceSelection(self.voice, self.voices)
        except ProviderError as error:
            yield Advice("voice", _without_name(error), "error")
            return
        try:
            selection.config.speaker(self.speaker, selection.files.name)
        except ProviderError as error:
            yield Advice("speaker", _without_name(error), "error")
        if selection.speaking(language) is None:
            yield Advice("voice", selection.lacking(language))


def _without_name(error: ProviderError) -> str:
    """Return a message without the name of the provider, which advice has anyway."""
    return str(error).removeprefix("piper: ")
