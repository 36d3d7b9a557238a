"""The table of voice families: what each supports, where it is hosted, and which languages it speaks.

`families.json` holds the regions, languages and retirements that Microsoft lists, with their sources.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

_LOCALE = re.compile(r"([a-zA-Z]{2,3}(?:-[a-zA-Z]{4})?-[a-zA-Z]{2,3})-")
_OPENAI = r"(?:Alloy|Echo|Fable|Onyx|Nova|Shimmer)"
_PROSODY = frozenset({"rate", "pitch", "volume"})
_STYLE = frozenset({"style", "style_degree", "role"})


@dataclass(frozen=True, slots=True)
class Family:
    """One family of voices; `supports` names the options that its voices follow."""

    title: str
    pattern: str
    """Regular expression for the names of its voices."""
    supports: frozenset[str]
    word_timings: bool = False
    sentence_pauses: bool = False
    """Whether the length of the pauses between sentences can be set."""
    regions: str | None = None
    """Name of its list of regions in `families.json`; None if every region has it."""
    languages: str | None = None
    """Name of its list of languages in `families.json`; None if a voice speaks only its own language."""
    min_temperature: float = 0.0
    text_streaming: bool = True
    """Whether text can be sent while it is being written."""


_FULL = _PROSODY | _STYLE | {"lexicon"}
FAMILIES = (
    Family(
        "OpenAI HD",
        rf".*-{_OPENAI}MultilingualNeuralHD",
        frozenset(),
        regions="openai",
        languages="openai",
        text_streaming=False,
    ),
    Family(
        "OpenAI",
        rf".*-{_OPENAI}MultilingualNeural",
        frozenset(),
        regions="openai",
        languages="openai",
        text_streaming=False,
    ),
    Family(
        "OpenAI turbo",
        rf".*-(?:{_OPENAI}|Ash)TurboMultilingualNeural",
        _FULL,
        word_timings=True,
        sentence_pauses=True,
        languages="multilingual",
    ),
    Family(
        "Dragon HD Omni",
        r".*:DragonHDOmni.*",
        frozenset({"style", "lexicon", "temperature", "top_p", "top_k", "cfg_scale"}),
        word_timings=True,
        regions="dragon-hd",
        languages="multilingual",
        min_temperature=0.3,
    ),
    Family(
        "Dragon HD Flash",
        r".*:DragonHDFlash.*",
        frozenset({"lexicon", "temperature"}),
        regions="dragon-hd-flash",
        languages="dragon-hd-flash",
    ),
    # Version 2.5 of the model added styles to all but the Indian voices.
    Family(
        "Dragon HD",
        r"en-IN-.*:DragonHD.*",
        frozenset({"lexicon", "temperature"}),
        regions="dragon-hd",
        languages="multilingual",
    ),
    Family(
        "Dragon HD",
        r".*:DragonHD.*",
        frozenset({"style", "lexicon", "temperature"}),
        regions="dragon-hd",
        languages="multilingual",
    ),
    Family(
        "MAI-Voice-1",
        r".*:MAI-Voice-1",
        frozenset({"style", "style_degree"}),
        regions="mai-voice-1",
        text_streaming=False,
    ),
    Family("MAI-Voice", r".*:MAI-Voice.*", frozenset({"style", "style_degree"}), text_streaming=False),
    Family(
        "multilingual neural",
        r".*MultilingualNeural",
        _FULL,
        word_timings=True,
        sentence_pauses=True,
        languages="multilingual",
    ),
    Family("neural", r".*", _FULL, word_timings=True, sentence_pauses=True),
)


@dataclass(frozen=True, slots=True)
class Retirement:
    """When a voice is retired, None if that was long ago, and the voice that replaces it."""

    on: date | None
    replacement: str


def family_of(voice: str) -> Family:
    """Return the family of a voice; a custom voice counts as a neural one, as most of them are."""
    return next(family for family in FAMILIES if re.fullmatch(family.pattern, voice, re.IGNORECASE))


def locale_of(voice: str) -> str | None:
    """Return the locale that the name of a voice begins with, None for a custom voice."""
    match = _LOCALE.match(voice)
    return match[1] if match else None


def regions_of(family: Family) -> tuple[str, ...] | None:
    """Return the regions that host a family, None for all of them."""
    return None if family.regions is None else tuple(_data()["regions"][family.regions])


def languages_of(voice: str) -> tuple[str, ...]:
    """Return the locales that a voice speaks, its own first; empty if unknown."""
    own = locale_of(voice)
    if own is None:
        return ()
    family = family_of(voice)
    listed = _data()["languages"][family.languages] if family.languages else ()
    return (own, *(language for language in listed if language.lower() != own.lower()))


def spoken_as(voice: str, language: str) -> str | None:
    """Return the locale in which a voice speaks a language: the same, or one of another country."""
    known = languages_of(voice)
    if exact := next((tag for tag in known if tag.lower() == language.lower()), None):
        return exact
    same_language = [tag for tag in known if _primary(tag) == _primary(language)]
    if same_language and same_language[0] == known[0]:
        return same_language[0]
    usual = _data()["languages"]["openai"]  # lists each language once, in its most common locale
    return next((tag for tag in same_language if tag in usual), same_language[0] if same_language else None)


def retirement_of(voice: str) -> Retirement | None:
    """Return the retirement of a voice, None if none is announced."""
    for name, entry in _data()["retired"].items():
        if name.lower() == voice.lower():
            day = date.fromisoformat(entry["date"]) if entry["date"] else None
            return Retirement(day, entry["instead"])
    return None


def read_on() -> date:
    """Return the day on which Microsoft's pages were read."""
    return date.fromisoformat(_data()["read"])


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()


@cache
def _data() -> Any:
    return json.loads((files(__package__) / "families.json").read_text(encoding="utf-8"))
