"""What the `azure-tts` synthesizer can be configured with, checked before anything is sent anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, Self

from pydantic import model_validator

from voicebot import Advice, Field
from voicebot_azure.account import SpeechAccount
from voicebot_azure.languages import Locale
from voicebot_azure.synthesis.voices.families import family_of
from voicebot_azure.synthesis.voices.options import Manner, advice_on


class AzureSynthesizerOptions(Manner, SpeechAccount):
    """Options of the `azure-tts` synthesizer."""

    language: Locale | None = None
    sample_rate: Literal[8_000, 16_000, 22_050, 24_000, 44_100, 48_000] = 24_000
    """Samples a second; the voices are made for 24,000 and 48,000."""
    pool: int = Field(3, ge=1, le=32)
    """How many connections are kept ready; a conversation uses two, and more are made when needed."""
    text_streaming: bool = False
    """Whether a reply is handed to the voice while it is written, in one go, instead of sentence by sentence:
    the melody carries over, and a long sentence begins sooner. For all voices but OpenAI's own and MAI's;
    `role`, `style_degree`, `sentence_pause` and what only Omni voices know are left out, and
    `reply.speech_timeout` counts instead of the two limits below."""
    first_sound_timeout: float = Field(3.0, gt=0, le=60)
    """Seconds to wait for the first sound of an utterance before asking once more."""
    sound_timeout: float = Field(10.0, gt=0, le=60)
    """Seconds that the sound may pause in the middle of an utterance."""

    @model_validator(mode="after")
    def _container_takes_whole_sentences(self) -> Self:
        if self.container and self.text_streaming:
            raise ValueError("a Speech container does not know `text_streaming`; leave it out")
        return self

    @property
    def streams_text(self) -> bool:
        """Whether text is streamed: it is asked for, and the voice can."""
        return self.text_streaming and family_of(self.voice).streams

    def advice(self, language: str) -> Iterable[Advice]:
        """Return what is unwise about the account, and what the voice cannot do."""
        yield from super().advice(language)
        yield from advice_on(self, self.region, language)
        yield from streaming_advice(self)


_LEFT_OUT = ("role", "style_degree", "top_p", "top_k", "cfg_scale", "sentence_pause")


def streaming_advice(options: AzureSynthesizerOptions) -> Iterator[Advice]:
    """Give what `text_streaming` cannot do of what is asked for."""
    if not options.text_streaming:
        return
    family = family_of(options.voice)
    if not family.streams:
        yield Advice(
            "text_streaming",
            f"{family.title} voices do not take text while it is written, so they are given sentences",
        )
        return
    for name in _LEFT_OUT:
        if getattr(options, name) is not None and (name in family.takes or name == "sentence_pause"):
            yield Advice(name, f"`{name}` is left out with `text_streaming`")
