"""Which voice to ask the server for, depending on the language of an utterance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from voicebot_wyoming.address import Address
from voicebot_wyoming.languages import offered_as, standard_tag
from voicebot_wyoming.server import check_speaker, choose_program
from voicebot_wyoming.service_info import Model, Program
from voicebot_wyoming.synthesis.options import WyomingSynthesizerOptions

if TYPE_CHECKING:
    from wyoming.tts import SynthesizeVoice


class VoiceChoice:
    """The voices that the options name, each checked against what the server offers.

    Raises:
        ProviderError: the server lacks one of them, or its speaker.
    """

    def __init__(
        self, address: Address, programs: Sequence[Program], options: WyomingSynthesizerOptions
    ) -> None:
        self.program, self._voice = choose_program(address, programs, options, options.voice, "voice")
        self._speaker = options.speaker
        if self._voice is not None and options.speaker is not None:
            check_speaker(address, self._voice, options.speaker)
        self._by_language = {
            language: choose_program(address, (self.program,), options, name, "voice")[1]
            for language, name in options.voices.items()
        }

    def request(self, language: str | None) -> SynthesizeVoice | None:
        """Return what to ask for; None if the server decides."""
        from wyoming.tts import SynthesizeVoice

        voice = self._for(language)
        if voice is not None:
            speaker = self._speaker if voice is self._voice else None
            return SynthesizeVoice(name=voice.name, speaker=speaker)
        offered = [tag for each in self.program.models for tag in each.languages]
        known = offered_as(language, offered) if language else None
        return SynthesizeVoice(language=known) if known else None

    def language(self, language: str | None) -> str | None:
        """Return the language of an utterance as a BCP 47 tag: its own, else that of the voice."""
        voice = self._for(language)
        return language or (standard_tag(voice.languages[0]) if voice and voice.languages else None)

    def _for(self, language: str | None) -> Model | None:
        named = offered_as(language, self._by_language) if language and self._by_language else None
        if named is None or (self._voice and offered_as(language or "", self._voice.languages)):
            return self._voice
        return self._by_language[named]
