"""The options of the `piper` synthesizer, and advice on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import field_validator

from voicebot import Advice, Field, Options, ProviderError, language_tag
from voicebot_local.synthesis.voices.known_voices import known_voices, megabytes
from voicebot_local.synthesis.voices.voice_config import read_config
from voicebot_local.synthesis.voices.voice_files import files_of
from voicebot_local.synthesis.voices.voice_selection import VoiceSelection


class PiperOptions(Options):
    """Which voice speaks, and how it sounds."""

    voice: str | None = Field(None, min_length=1)
    """Name of a voice, such as `en_US-lessac-medium`, or path of its `.onnx` file, with its `.onnx.json`
    beside it; a relative path is relative to the current folder. `voicebot voices` lists the names. A voice
    that is not here is fetched when the bot starts, or beforehand by `voicebot models fetch`. By default, a
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
        """Report voices and speakers that do not exist, voices to fetch, and a language without a voice."""
        for voice in self.voices.values():
            yield from _advice_on_files("voices", voice)
        if self.voice is not None:
            yield from _advice_on_files("voice", self.voice)
        try:
            selection = VoiceSelection(self.voice, self.voices)
            files = files_of(selection.main)
        except ProviderError:  # reported above
            return
        if files is not None:
            try:
                read_config(files).speaker(self.speaker, files.name)
            except ProviderError as error:
                yield Advice("speaker", _without_name(error), "error")
        if selection.speaking(language) is None:
            yield Advice("voice", selection.lacking(language))


def _advice_on_files(option: str, voice: str) -> Iterator[Advice]:
    try:
        files = files_of(voice)
        if files is not None:
            read_config(files)
    except ProviderError as error:
        yield Advice(option, _without_name(error), "error")
        return
    if files is None:
        size = megabytes(known_voices()[voice].size)
        yield Advice(
            option,
            f"the voice {voice} is not here yet: it is fetched when the bot starts ({size}), or now by "
            f"`voicebot models fetch {voice}`",
        )


def _without_name(error: ProviderError) -> str:
    """Return a message without the name of the provider, which advice has anyway."""
    return str(error).removeprefix("piper: ")
