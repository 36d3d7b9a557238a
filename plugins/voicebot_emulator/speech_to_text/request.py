"""What a client of speech to text asks for, checked as the service would check it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LANGUAGES = frozenset(
    "af am ar as az be bg bn bs ca cs cy da de el en es et eu fa fi fil fr ga gl gu he hi hr hu hy id is "
    "it iu ja jv ka kk km kn ko lo lt lv mk ml mn mr ms mt my nb ne nl or pa pl ps pt ro ru si sk sl so "
    "sq sr su sv sw ta te th tr uk ur uz vi wuu yue zh zu".split()
)
"""The languages of Azure Speech to text, without regions (Microsoft: Language and voice support, 2026)."""
_LOCALE = re.compile(r"([a-z]{2,3})(-[a-z]{4})?(-[a-z]{2}|-\d{3})(-[a-z]+)?", re.IGNORECASE)
_MOST_PHRASES = 500
_PCM, _RIFF_HEADER = 1, 44


@dataclass(frozen=True, slots=True)
class RecognitionRequest:
    """How to recognise one turn; times are in seconds of sound."""

    languages: tuple[str, ...]
    identifies: bool
    """Whether to report the language."""
    once: bool
    detailed: bool
    phrases: tuple[str, ...]
    silence: float
    """Silence that ends a segment."""
    longest: float
    """Length at which a segment ends even if speech goes on."""
    initial_silence: float
    """Silence after which the service reports that nothing was said."""


def read_context(context: Any, query: Mapping[str, str], mode: str) -> RecognitionRequest:
    """Read a speech.context, and the query and mode in the address of a container.

    Raises:
        ValueError: the service would refuse the request; the message says why.
    """
    if not isinstance(context, dict):
        raise ValueError("speech.context is not a JSON object")
    detection = _part(context, "phraseDetection")
    identification = _part(context, "languageId")
    mode = str(detection.get("mode", mode)).upper()
    if mode not in {"INTERACTIVE", "CONVERSATION", "DICTATION"}:
        raise ValueError(f"unknown recognition mode {mode}")
    languages = identification.get("languages") or (query.get("lidEnabled") or "").split(",")
    if not isinstance(languages, list):
        raise ValueError("languages is not a list")
    languages = [tag for tag in languages if tag] or [detection.get("language") or query.get("language", "")]
    for tag in languages:
        _check_language(tag)
    try:
        phrases = tuple(str(item["Text"]) for group in _groups(context) for item in group.get("Items", ()))
    except (AttributeError, KeyError, TypeError):
        raise ValueError("the phrase list is malformed") from None
    if len(phrases) > _MOST_PHRASES:
        raise ValueError(f"the phrase list has more than {_MOST_PHRASES} phrases")
    segmentation = _part(_part(detection, mode), "segmentation")
    output = str(_part(context, "phraseOutput").get("format", query.get("format", "simple")))
    default = 5_000 if mode == "INTERACTIVE" else 15_000
    return RecognitionRequest(
        languages=tuple(languages),
        identifies=bool(identification) or "lidEnabled" in query,
        once=mode == "INTERACTIVE",
        detailed=output.lower() == "detailed",
        phrases=phrases,
        silence=_milliseconds(segmentation, "segmentationSilenceTimeoutMs", 500, 100, 5_000),
        longest=_milliseconds(segmentation, "segmentationForcedTimeoutMs", 30_000, 20_000, 70_000),
        initial_silence=_milliseconds(detection, "initialSilenceTimeout", default, 1, 600_000),
    )


def read_wave_header(audio: bytes) -> int:
    """Return the sample rate in a RIFF header of 44 bytes.

    Raises:
        ValueError: there is no header, or the sound is not mono PCM of 16 bits.
    """
    if len(audio) < _RIFF_HEADER or audio[:4] != b"RIFF" or audio[8:12] != b"WAVE":
        raise ValueError("the sound does not begin with a RIFF header")
    kind, channels = (int.from_bytes(audio[at : at + 2], "little") for at in (20, 22))
    bits = int.from_bytes(audio[34:36], "little")
    if (kind, channels, bits) != (_PCM, 1, 16):
        raise ValueError("the sound is not mono PCM of 16 bits")
    return int.from_bytes(audio[24:28], "little")


def sound_after_header(audio: bytes) -> bytes:
    """Return the sound that follows the header in the same message."""
    return audio[_RIFF_HEADER:]


def _check_language(tag: object) -> None:
    match = _LOCALE.fullmatch(tag) if isinstance(tag, str) else None
    if match is None or match[1].lower() not in LANGUAGES:
        raise ValueError(f"Specified language is not supported: {tag}")


def _groups(context: Mapping[str, Any]) -> list[Any]:
    return list(_part(context, "dgi").get("Groups", ()))


def _part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an optional part; the SDKs differ in the case of the modes' names."""
    part = whole.get(name, whole.get(name.lower()))
    if part is None:
        return {}
    if not isinstance(part, dict):
        raise ValueError(f"{name} is not a JSON object")
    return part


def _milliseconds(part: Mapping[str, Any], name: str, default: int, least: int, most: int) -> float:
    """Return a time given in milliseconds as seconds."""
    value = part.get(name, default)
    try:
        number = int(value)
    except (OverflowError, TypeError, ValueError):
        raise ValueError(f"{name} is not a number: {value}") from None
    if not least <= number <= most:
        raise ValueError(f"{name} must be {least} to {most}, not {number}")
    return number / 1000
