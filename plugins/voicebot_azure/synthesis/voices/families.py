"""What each family of voices can do: one table, which the SSML, the advice and the timings go by.

The families, regions and languages are Microsoft's; `families.json` holds what changes, with its sources.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

_LOCALE = re.compile(r"([a-zA-Z]{2,3}(?:-[a-zA-Z]{4})?-[a-zA-Z]{2,3})-")
_OPENAI = r"(?:Alloy|Echo|Fable|Onyx|Nova|Shimmer)"
_PROSODY = frozenset({"rate", "pitch", "volume"})
_MANNER = frozenset({"style", "style_degree", "role"})


@dataclass(frozen=True, slots=True)
class Family:
    """One family; `takes` are the options that its voices follow."""

    title: str
    pattern: str
    """What the names of its voices look like."""
    takes: frozenset[str]
    word_timings: bool = False
    silences: bool = False
    """Whether it makes the pauses between sentences as long as it is told."""
    regions: str | None = None
    """Its list in `families.json`, None where every region has it."""
    languages: str | None = None
    """Its list in `families.json`, None for a voice that speaks its own language alone."""
    coldest: float = 0.0
    """The lowest `temperature`."""
    streams: bool = True
    """Whether it takes text while it is written."""


_FULL = _PROSODY | _MANNER | {"lexicon"}
FAMILIES = (
    Family(
        "OpenAI HD",
        rf".*-{_OPENAI}MultilingualNeuralHD",
        frozenset(),
        regions="openai",
        languages="openai",
        streams=False,
    ),
    Family(
        "OpenAI",
        rf".*-{_OPENAI}MultilingualNeural",
        frozenset(),
        regions="openai",
        languages="openai",
        streams=False,
    ),
    Family(
        "OpenAI turbo",
        rf".*-(?:{_OPENAI}|Ash)TurboMultilingualNeural",
        _FULL,
        word_timings=True,
        silences=True,
        languages="multilingual",
    ),
    Family(
        "Dragon HD Omni",
        r".*:DragonHDOmni.*",
        frozenset({"style", "lexicon", "temperature", "top_p", "top_k", "cfg_scale"}),
        word_timings=True,
        regions="dragon-hd",
        languages="multilingual",
        coldest=0.3,
    ),
    Family(
        "Dragon HD Flash",
        r".*:DragonHDFlash.*",
        frozenset({"lexicon", "temperature"}),
        regions="dragon-hd-flash",
        languages="dragon-hd-flash",
    ),
    # Styles came with version 2.5 of the model, for all but the Indian voices.
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
        streams=False,
    ),
    Family("MAI-Voice", r".*:MAI-Voice.*", frozenset({"style", "style_degree"}), streams=False),
    Family(
        "multilingual neural",
        r".*MultilingualNeural",
        _FULL,
        word_timings=True,
        silences=True,
        languages="multilingual",
    ),
    Family("neural", r".*", _FULL, word_timings=True, silences=True),
)


@dataclass(frozen=True, slots=True)
class Retirement:
    """When a voice is retired, None for long ago, and which one takes its place."""

    on: date | None
    instead: str


def family_of(voice: str) -> Family:
    """Return the family of a voice; a custom voice is taken for a neural one, which it mostly is."""
    return next(family for family in FAMILIES if re.fullmatch(family.pattern, voice, re.IGNORECASE))


def locale_of(voice: str) -> str | None:
    """Return the language that a voice's name begins with, None for a custom voice's."""
    match = _LOCALE.match(voice)
    return match[1] if match else None


def regions_of(family: Family) -> tuple[str, ...] | None:
    """Return where a family is hosted, None for everywhere."""
    return None if family.regions is None else tuple(_facts()["regions"][family.regions])


def languages_of(voice: str) -> tuple[str, ...]:
    """Return what a voice speaks, its own language first; nothing when that is not known."""
    own = locale_of(voice)
    if own is None:
        return ()
    family = family_of(voice)
    listed = _facts()["languages"][family.languages] if family.languages else ()
    return (own, *(language for language in listed if language.lower() != own.lower()))


def spoken_as(voice: str, language: str) -> str | None:
    """Return the tag by which a voice speaks a language: the same, or one that differs in the country."""
    known = languages_of(voice)
    if exact := next((tag for tag in known if tag.lower() == language.lower()), None):
        return exact
    alike = [tag for tag in known if _primary(tag) == _primary(language)]
    if alike and alike[0] == known[0]:
        return alike[0]
    usual = _facts()["languages"]["openai"]  # which has each language once, as it is mostly meant
    return next((tag for tag in alike if tag in usual), alike[0] if alike else None)


def retirement_of(voice: str) -> Retirement | None:
    """Return when a voice is retired, None while no date is known."""
    for name, entry in _facts()["retired"].items():
        if name.lower() == voice.lower():
            day = date.fromisoformat(entry["date"]) if entry["date"] else None
            return Retirement(day, entry["instead"])
    return None


def hosts(region: str) -> Iterator[Family]:
    """Give the families that a region has."""
    for family in FAMILIES:
        regions = regions_of(family)
        if regions is None or region in regions:
            yield family


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()


@cache
def _facts() -> Any:
    return json.loads((files(__package__) / "families.json").read_text(encoding="utf-8"))
