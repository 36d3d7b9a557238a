"""The options of the `azure-stt` recogniser, and advice on them."""

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
"""The first version of the Speech SDK that can send commits."""
MAX_LANGUAGES = {"start": 4, "continuous": 10}
"""How many languages the service can tell apart, by `language_id`."""
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
    service: ClassVar[Literal["stt", "tts"]] = "stt"

    languages: tuple[Locale, ...] = ()
    """Languages that may be spoken, such as `[en-US, de-DE]`. With several, the service detects which one is
    spoken. Defaults to those of the conversation, `language` and `languages`; the bot's voice follows only
    these."""
    language_id: Literal["start", "continuous"] = "start"
    """When to detect the language if there are several `languages`: once at the `start` (up to 4 languages),
    or all the time (`continuous`, up to 10)."""
    phrase_weight: float | None = Field(None, ge=0, le=2)
    """How strongly to favour the bot's phrases, from 0 to 2; 1 when unset."""
    profanity: Literal["raw", "masked", "removed"] = "raw"
    """Whether swear words are kept, written as asterisks, or left out."""
    commit: Literal["auto", "off"] = "auto"
    """Whether to tell the service when the user has paused, instead of waiting until it notices (`off`).
    `auto` falls back to waiting if the service does not support it."""
    segmentation_silence: float | None = Field(0.5, ge=0.1, le=5)
    """Seconds of silence after which the service itself ends a segment of speech; matters where `commit` has
    no effect. The service decides when null."""
    # The SDK loses a final whose text it cannot cut in two after 2,047 bytes; nobody says that much in 30 s
    segmentation_maximum: float | None = 30.0
    """Seconds, 20 to 70, after which the service ends a segment even while speech continues; no words are
    lost. The service decides when null."""
    start_sensitivity: Literal["low", "medium", "high"] | None = None
    """How readily the service takes sound for the start of speech; the service decides when unset."""
    endpoint_id: str | None = Field(None, min_length=1)
    """Id of the deployment of a custom speech model."""
    connect_timeout: float = Field(3.0, gt=0, le=60)
    """Seconds that connecting may take."""
    watchdog: float = Field(3.0, gt=0, le=60)
    """Seconds without a message from the service, where one is due, after which the connection is given up
    and the audio is sent again over a new one; twice and four times as long if that happens in a row."""

    def advice(self, language: str) -> Iterable[Advice]:
        """Warn of options that do not work together, and of languages that are not known."""
        yield from super().advice(language)
        yield from self._advice_on_segments()
        yield from self._advice_on_languages(language)
        if self.endpoint_id is not None and not _GUID.fullmatch(self.endpoint_id):
            yield Advice(
                "endpoint_id",
                "`endpoint_id` is not the id of a deployment, such as 01234567-89ab-cdef-0123-456789abcdef",
            )
        limit = MAX_LANGUAGES[self.language_id]
        if len(self.languages) > limit:
            hint = "; `language_id: continuous` takes up to 10" if self.language_id == "start" else ""
            message = f"the service detects at most {limit} languages with `language_id: {self.language_id}`"
            yield Advice("languages", message + hint, "error")
        if self.commit == "auto" and (version := sdk_version()) is not None and version < COMMIT_SINCE:
            installed = ".".join(map(str, version))
            message = f"`commit` needs version 1.52 or later of the Speech SDK; {installed} is installed"
            yield Advice(
                "commit",
                f"{message}, so answers wait for `segmentation_silence`. Run: pip install -U {DISTRIBUTION}",
            )

    def _advice_on_languages(self, language: str) -> Iterable[Advice]:
        known = {tag.lower(): tag for tag in recognized_languages()}
        for tag in map(locale, self.languages or (language,)):
            if tag.lower() not in known:
                similar = [other for other in known.values() if other.startswith(f"{tag.partition('-')[0]}-")]
                hint = f"; it recognises {', '.join(similar)}" if similar else ""
                yield Advice("languages", f"Azure Speech is not known to recognise {tag}{hint}")

    def _advice_on_segments(self) -> Iterable[Advice]:
        if self.properties.get(_STRATEGY, "").lower() == "semantic":
            message = (
                f"{_STRATEGY}: semantic segmentation waits for whole sentences; it is meant for dictation"
            )
            yield Advice("properties", message)
        option, seconds = "segmentation_maximum", self.segmentation_maximum
        if (given := self.properties.get(_MAXIMUM, "")).isdigit():
            option, seconds = "properties", int(given) / 1000
        if seconds is None:
            return
        if not _SHORTEST_MAXIMUM <= seconds <= _LONGEST_MAXIMUM:
            yield Advice(option, f"the service takes a maximum of 20 to 70 s, not {seconds:g} s", "error")
        chosen = "segmentation_maximum" in self.model_fields_set or option == "properties"
        if chosen and self.segmentation_silence is None and _SILENCE not in self.properties:
            yield Advice(option, "the maximum has no effect without `segmentation_silence`")
