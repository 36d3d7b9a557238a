"""The options of the `openai-tts` synthesizer, and advice on them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from typing import ClassVar, Literal, Self

from pydantic import JsonValue, model_validator

from voicebot import Advice, Field
from voicebot_openai.speech.server import SpeechOptions, SpeechServer
from voicebot_openai.synthesis.voices import voices_of

DEFAULT_RATE = 24_000
"""Hz; the rate of openai.com, Azure OpenAI and Kokoro."""
_SHUTDOWN = date(2027, 1, 6)  # developers.openai.com/api/docs/deprecations
_MODELS = ("tts-1", "tts-1-hd", "gpt-4o-mini-tts", "gpt-4o-mini-tts-2025-03-20", "gpt-4o-mini-tts-2025-12-15")


class VoiceOptions(SpeechServer):
    """A voice, and how it speaks."""

    shutdown_dates: ClassVar[dict[str, date]] = dict.fromkeys(_MODELS, _SHUTDOWN)
    successor: ClassVar[str] = "no successor with this API is known, so choose another voice by then"

    voice: str = Field("alloy", min_length=1)
    """Name of the voice: `alloy`, `coral`, ... on openai.com and Azure; other servers have their own, such as
    `af_heart` (Kokoro). `voicebot voices` lists them."""
    instructions: str | None = Field(None, min_length=1)
    """How to speak: tone, accent, emotion ("Talk like a cheerful pirate."). Only some models follow it;
    `tts-1` and most other servers ignore it."""
    speed: float | None = Field(None, ge=0.25, le=4)
    """How fast to speak; 1 is normal. `gpt-4o-mini-tts` may ignore it."""
    response_format: Literal["pcm", "wav"] = "pcm"
    """How the server sends sound: `pcm` begins soonest, but does not say its sample rate; `wav` does."""
    sample_rate: int = Field(DEFAULT_RATE, ge=8_000, le=48_000)
    """Sample rate in Hz. Set it if the server sends `pcm` at another rate, and does not convert it when asked
    (speaches does)."""
    sentence_pause: float = Field(0.2, ge=0, le=5)
    """Seconds of silence at the end of each sentence; what the voice appends beyond that is cut off."""
    extra_body: dict[str, JsonValue] = Field(default_factory=dict)
    """Fields to add to every request unchanged, for parameters of a single vendor."""

    @model_validator(mode="after")
    def _check_rate(self) -> Self:
        if self.is_hosted and not self.is_local and self.sample_rate != DEFAULT_RATE:
            raise ValueError(f"{self.host} speaks at {DEFAULT_RATE} Hz only; leave `sample_rate` out")
        return self

    def advice(self, language: str) -> Iterable[Advice]:
        """Warn of mistakes in the server, the model and the voice."""
        yield from super().advice(language)
        if not self.is_hosted:
            return
        name = self.model_name
        if self.model and "tts" not in name:
            yield Advice("model", f"{self.model} does not speak; {_MODELS[2]} and tts-1 do")
        voices = [voice.name for voice in voices_of(name)]
        if self.voice not in voices:
            similar = get_close_matches(self.voice.lower(), voices, 1)
            hint = f"did you mean '{similar[0]}'?" if similar else f"the voices are {', '.join(voices)}"
            yield Advice("voice", f"'{self.voice}' is not a voice of {name}; {hint}")
        if self.instructions and name.startswith("tts-1"):
            yield Advice("instructions", f"{name} ignores `instructions`; {_MODELS[2]} follows them")


class OpenAISynthesizerOptions(SpeechOptions, VoiceOptions):
    """Options of the `openai-tts` synthesizer."""

    timeout: float = Field(10.0, gt=0, le=600)
    """Seconds that the server may send nothing, before the first sound or in the middle of it."""
