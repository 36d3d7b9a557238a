"""The options of the `openai-stt` recogniser, and advice on them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from importlib.util import find_spec
from typing import ClassVar, Literal, Self

from pydantic import JsonValue, model_validator

from voicebot import Advice, Field, install_hint
from voicebot_openai.speech.server import SpeechOptions, SpeechServer

_SHUTDOWN = date(2027, 2, 26)  # developers.openai.com/api/docs/deprecations
_MODELS = (
    *("whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe", "gpt-4o-mini-transcribe-2025-12-15"),
    "gpt-4o-transcribe-diarize",
)
_LIVE = ("gpt-live-transcribe", "gpt-realtime-whisper")
"""Models that transcribe while sound comes in, and do nothing else."""


class TranscriptionOptions(SpeechServer):
    """How speech is transcribed."""

    shutdown_dates: ClassVar[dict[str, date]] = dict.fromkeys(_MODELS, _SHUTDOWN)
    successor: ClassVar[str] = "use gpt-live-transcribe, or gpt-transcribe for uploads"

    mode: Literal["auto", "realtime", "upload"] = "auto"
    """How sound is sent: `realtime` over a websocket while you speak, `upload` as a file whenever you pause.
    `auto` is `realtime` on openai.com and Azure (but for Azure's `whisper`, and with an `api_version`), and
    `upload` on other servers, of which few can do more."""
    prompt: str | None = Field(None, min_length=1)
    """Text that guides the model, such as names and how they are spelt. The phrases that the bot expects are
    added."""
    delay: Literal["minimal", "low", "medium", "high", "xhigh"] | None = None
    """How long `gpt-live-transcribe` and `gpt-realtime-whisper` wait before they report words: a longer delay
    is more accurate, and the final transcript takes hardly longer."""
    noise_reduction: Literal["near_field", "far_field"] | None = None
    """Noise reduction of the service in real time, for a headset (`near_field`) or a microphone in the room
    (`far_field`); it can cost accuracy."""
    extra_body: dict[str, JsonValue] = Field(default_factory=dict)
    """Fields to add to every upload unchanged, for parameters of a single vendor."""

    @model_validator(mode="after")
    def _check_mode(self) -> Self:
        if self.mode == "upload" and self.is_live:
            raise ValueError(f"{self.target} transcribes in real time only; write `mode: realtime`")
        if self.api_version and self.is_realtime:
            raise ValueError(
                "Azure transcribes in real time over its v1 API only; leave `api_version` out, or write "
                "`mode: upload` and a model that transcribes files"
            )
        return self

    @property
    def is_live(self) -> bool:
        """Whether the model transcribes while sound comes in."""
        return self.model_name.startswith(_LIVE)

    @property
    def is_realtime(self) -> bool:
        """Whether sound is sent over a websocket."""
        if self.mode == "auto":
            # Azure has `whisper`, and the older versions of its API, for files only.
            uploads_only = self.is_azure and ("whisper" in self.model_name or self.api_version is not None)
            return self.is_live or (self.is_hosted and not uploads_only)
        return self.mode == "realtime"

    @property
    def missing_package(self) -> str:
        """What is not installed but needed in real time, and how to install it; empty if nothing is."""
        if not self.is_realtime or find_spec("websockets") is not None:
            return ""
        hint = install_hint("websockets", "voicebot-framework[realtime]")
        return f"recognition in real time needs websockets; {hint}"

    @property
    def takes_keywords(self) -> bool:
        """Whether the model takes lists of phrases and languages."""
        return self.model_name.startswith(("gpt-transcribe", "gpt-live-transcribe"))

    def advice(self, language: str) -> Iterable[Advice]:
        """Warn of mistakes in the server and the model, and of options without effect."""
        yield from super().advice(language)
        if self.is_hosted and not any(part in self.model_name for part in ("whisper", "transcribe")):
            if self.model:
                yield Advice("model", f"{self.model} does not transcribe; {_LIVE[0]} and gpt-transcribe do")
            else:
                yield Advice("model", f"set `model` to the name of the model deployed as {self.deployment}")
        if self.delay and not self.is_live:
            yield Advice("delay", f"`delay` has no effect: {self.target} is not one of {', '.join(_LIVE)}")
        if self.noise_reduction and not self.is_realtime:
            yield Advice("noise_reduction", "`noise_reduction` has no effect on uploads")
        if missing := self.missing_package:
            yield Advice("mode", missing, "error")


class OpenAIRecognizerOptions(SpeechOptions, TranscriptionOptions):
    """Options of the `openai-stt` recogniser."""

    timeout: float = Field(20.0, gt=0, le=600)
    """Seconds to wait for the next part of a transcript after a pause."""
