"""The options of the `azure-tts` synthesizer, and advice on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, Literal, Self

from pydantic import model_validator

from voicebot import Advice, Field, Finding
from voicebot_azure.account import SpeechAccount
from voicebot_azure.languages import Locale
from voicebot_azure.synthesis.voices.advice import voice_advice
from voicebot_azure.synthesis.voices.families import family_of
from voicebot_azure.synthesis.voices.options import VoiceOptions


class AzureSynthesizerOptions(VoiceOptions, SpeechAccount):
    """Options of the `azure-tts` synthesizer."""

    service: ClassVar[Literal["stt", "tts"]] = "tts"

    language: Locale | None = None
    sample_rate: Literal[8_000, 16_000, 22_050, 24_000, 44_100, 48_000] = 24_000
    """Sample rate of the audio in Hz; the voices are made for 24,000 and 48,000."""
    pool: int = Field(3, ge=1, le=32)
    """How many connections to keep open. A conversation uses two; more are opened when needed."""
    text_streaming: bool = False
    """Whether to send a reply to the voice while it is being written instead of sentence by sentence: the
    intonation carries over, and a long sentence begins sooner. OpenAI's and MAI's voices do not support it.
    `role`, `style_degree`, `sentence_pause` and the options of Omni voices then have no effect, and
    `reply.speech_timeout` applies instead of the two timeouts below."""
    first_sound_timeout: float = Field(3.0, gt=0, le=60)
    """Seconds to wait for the first sound of an utterance before asking again."""
    sound_timeout: float = Field(10.0, gt=0, le=60)
    """Seconds that the sound may pause in the middle of an utterance."""

    @model_validator(mode="after")
    def _check_container(self) -> Self:
        if self.container and self.text_streaming:
            raise ValueError("a Speech container does not support `text_streaming`; leave it out")
        return self

    @property
    def streams_text(self) -> bool:
        """Whether text is streamed: that is configured, and the voice supports it."""
        return self.text_streaming and family_of(self.voice).text_streaming

    def advice(self, language: str) -> Iterable[Advice]:
        """Warn of mistakes in the account, and of options that the voice does not support."""
        yield from super().advice(language)
        yield from voice_advice(self, self.region, language)
        yield from streaming_advice(self)

    def diagnose(self) -> Iterator[Finding]:
        """Report what is known about the voice besides: its retirement, and whether the region has it."""
        from voicebot_azure.synthesis.voices.facts import voice_facts

        yield from super().diagnose()
        yield from voice_facts(self.voice, self.region)


_NOT_STREAMED = ("role", "style_degree", "top_p", "top_k", "cfg_scale", "sentence_pause")


def streaming_advice(options: AzureSynthesizerOptions) -> Iterator[Advice]:
    """Warn of options that have no effect with `text_streaming`."""
    if not options.text_streaming:
        return
    family = family_of(options.voice)
    if not family.text_streaming:
        yield Advice(
            "text_streaming",
            f"{family.title} voices do not support text streaming, so they get whole sentences",
        )
        return
    for name in _NOT_STREAMED:
        if getattr(options, name) is not None and (name in family.supports or name == "sentence_pause"):
            yield Advice(name, f"`{name}` has no effect with `text_streaming`")
