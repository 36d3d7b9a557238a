"""The voices of Azure Speech: their regions, and the SSML that each family supports."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

GENDERS = {"f": "Female", "m": "Male", "n": "Neutral"}


@dataclass(frozen=True, slots=True)
class Family:
    """What the voices of a family have in common."""

    name: str
    suffix: str
    """The end of its voices' names, after the persona."""
    regions: frozenset[str] | None
    """The regions that host it; None for all."""
    elements: frozenset[str]
    """The SSML elements that it supports inside `voice`."""
    languages: tuple[str, ...]
    """The languages its voices speak in addition to their own."""
    word_timings: bool
    trailing_silence: float
    """Seconds of silence after each utterance."""
    latency: str
    """The name of the published figure for its time to the first sound."""

    def hosted(self, region: str) -> bool:
        """Return whether a region hosts it."""
        return self.regions is None or region in self.regions


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice; `name` is its short name, such as `en-US-AvaMultilingualNeural`."""

    name: str
    persona: str
    locale: str
    gender: str
    family: Family

    @property
    def secondary_locales(self) -> tuple[str, ...]:
        """The languages it speaks in addition to its own."""
        return tuple(locale for locale in self.family.languages if locale != self.locale)


def find(name: str) -> Voice | None:
    """Return a voice by its name, ignoring case; None if there is none."""
    return _by_name().get(name.lower())


def hosted(region: str) -> list[Voice]:
    """Return the voices of a region."""
    return [voice for voice in _by_name().values() if voice.family.hosted(region)]


@cache
def _by_name() -> Mapping[str, Voice]:
    text = (files(__package__) / "catalogue.json").read_text(encoding="utf-8")
    document = json.loads(text)
    languages = document["languages"]
    voices: dict[str, Voice] = {}
    for name, entry in document["families"].items():
        family = _family(name, entry, languages)
        for other in (name, *entry.get("personas_of", ())):
            for voice in _voices(family, document["families"][other]["voices"]):
                voices.setdefault(voice.name.lower(), voice)
    return voices


def _family(name: str, entry: Mapping[str, Any], languages: Mapping[str, list[str]]) -> Family:
    return Family(
        name,
        entry["suffix"],
        frozenset(entry["regions"]) if entry["regions"] is not None else None,
        frozenset(entry["elements"]),
        tuple(languages[entry["languages"]]) if entry["languages"] else (),
        entry["word_timings"],
        entry["trailing_silence"],
        entry["latency"],
    )


def _voices(family: Family, personas: Mapping[str, str]) -> Iterator[Voice]:
    for locale, names in personas.items():
        for written in names.split():
            persona, _, gender = written.partition("/")
            yield Voice(f"{locale}-{persona}{family.suffix}", persona, locale, GENDERS[gender], family)
