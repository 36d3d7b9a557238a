"""What the `azure-stt` recogniser can be configured with, and what is unwise about it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar, Literal

from voicebot import Advice, Field
from voicebot_azure.account import SpeechAccount
from voicebot_azure.languages import Locale, locale
from voicebot_azure.recognition.languages import recognized_languages
from voicebot_azure.sdk import DISTRIBUTION, sdk_version

COMMIT_SINCE = (1, 52)
_MOST_LANGUAGES = {"start": 4, "continuous": 10}
_SHORTEST_MAXIMUM, _LONGEST_MAXIMUM = 20.0, 70.0
_STRATEGY, _SILENCE, _MAXIMUM = (
    "Speech_SegmentationStrategy",
    "Speech_SegmentationSilenceTimeoutMs",
    "Speech_SegmentationMaximumTimeMs",
)

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class AzureRecognizerOptions(SpeechAccount):
    """Options of the `azure-stt` recogniser."""

    entra_needs_resource: ClassVar[bool] = False

    languages: tuple[Locale, ...] = ()
    """Languages that may be spoken, as `[en-US, de-DE]`; of several, the one that is spoken is detected.
    The conversation's own `language` when left out."""
    language_id: Literal["start", "continuous"] = "start"
    """When the language is detected if there are several `languages`: once at the `start` (up to 4), or
    again and again (`continuous`, up to 10)."""
    phrase_weight: float | None = Field(None, ge=0, le=2)
    """How much more likely the bot's phrases are taken to be said, from 0 to 2; 1 when unset."""
    profanity: Literal["raw", "masked", "removed"] = "raw"
    """What becomes of swear words: kept, written as asterisks, or left out."""
    commit: Literal["auto", "off"] = "auto"
    """Whether the service is told when the user pauses, so that it need not find out; `off` waits until it
    does. `auto` notices by itself where that is not supported."""
    segmentation_silence: float | None = Field(0.5, ge=0.1, le=5)
    """Seconds of silence after which the service itself ends a stretch of speech; matters where `commit` has
    no effect. The service's own choice when null."""
    # The SDK loses a final whose text it cannot cut in two after 2,047 bytes; nobody says that much in 30 s
    segmentation_maximum: float | None = 30.0
    """Seconds, 20 to 70, after which the service ends a stretch of speech although it goes on; no word is
    lost by that. The service's own choice when null."""
    start_sensitivity: Literal["low", "medium", "high"] | None = None
    """How easily the service takes sound for the beginning of speech; its own choice when unset."""
    endpoint_id: str | None = Field(None, min_length=1)
    """Id of the deployment of a custom speech model."""
    connect_timeout: float = Field(3.0, gt=0, le=60)
    """Seconds that connecting may take."""
    watchdog: float = Field(3.0, gt=0, le=60)
    """Seconds without a sign of life where there should be one, after which the connection is given up and
    a new one is told what was said; twice and four times as long if that happens in a row."""

    def advice(self, language: str) -> Iterable[Advice]:
        """Return what is unwise about the options."""
        yield from super().advice(language)
        yield from self._advice_on_segments()
        yield from self._advice_on_languages(language)
        if self.endpoint_id is not None and not _GUID.fullmatch(self.endpoint_id):
            yield Advice(
                "endpoint_id",
                "`endpoint_id` is no id of a deployment, as 01234567-89ab-cdef-0123-456789abcdef",
            )
        most = _MOST_LANGUAGES[self.language_id]
        if len(self.languages) > most:
            hint = "; `language_id: continuous` takes up to 10" if self.language_id == "start" else ""
            message = f"the service detects at most {most} languages with `language_id: {self.language_id}`"
            yield Advice("languages", message + hint, "error")
        if self.commit == "auto" and (version := sdk_version()) is not None and version < COMMIT_SINCE:
            installed = ".".join(map(str, version))
            message = f"needs the Speech SDK 1.52 or later, not {installed}: pip install -U {DISTRIBUTION}"
            yield Advice("commit", f"{message}. Until then, answers wait for `segmentation_silence`")

    def _advice_on_languages(self, language: str) -> Iterable[Advice]:
        known = {tag.lower(): tag for tag in recognized_languages()}
        for tag in map(locale, self.languages or (language,)):
            if tag.lower() not in known:
                alike = [other for other in known.values() if other.startswith(f"{tag.partition('-')[0]}-")]
                near = f"; of this language it knows {', '.join(alike)}" if alike else ""
                yield Advice("languages", f"Azure Speech is not known to recognise {tag}{near}")

    def _advice_on_segments(self) -> Iterable[Advice]:
        if self.properties.get(_STRATEGY, "").lower() == "semantic":
            message = f"{_STRATEGY}: semantic segmentation waits for whole sentences; leave it to dictation"
            yield Advice("properties", message)
        option, seconds = "segmentation_maximum", self.segmentation_maximum
        if (given := self.properties.get(_MAXIMUM, "")).isdigit():
            option, seconds = "properties", int(given) / 1000
        if seconds is None:
            return
        if not _SHORTEST_MAXIMUM <= seconds <= _LONGEST_MAXIMUM:
            yield Advice(option, f"the service takes 20 to 70 s as the maximum, not {seconds:g} s", "error")
        chosen = "segmentation_maximum" in self.model_fields_set or option == "properties"
        if chosen and self.segmentation_silence is None and _SILENCE not in self.properties:
            yield Advice(option, "the maximum has no effect without `segmentation_silence`")
