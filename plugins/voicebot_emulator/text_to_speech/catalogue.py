"""The voices of Azure Speech: which there are, in which regions, and what of SSML each family takes."""

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
    """What the names of its voices end with, after the persona."""
    regions: frozenset[str] | None
    """Where it is hosted; None for everywhere."""
    elements: frozenset[str]
    """What of SSML it takes inside of `voice`."""
    languages: tuple[str, ...]
    """What its voices speak beside their own language."""
    word_timings: bool
    trailing_silence: float
    """Seconds of silence after each utterance."""
    latency: str
    """Which published figure tells when the first sound comes."""

    def hosted(self, region: str) -> bool:
        """Return whether the region has it."""
        return self.regions is None or region in self.regions


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice; `name` is its short name, as `en-US-AvaMultilingualNeural`."""

    name: str
    persona: str
    locale: str
    gender: str
    family: Family

    @property
    def secondary_locales(self) -> tuple[str, ...]:
        """What it speaks beside its own language."""
        return tuple(locale for locale in self.family.languages if locale != self.locale)


def find(name: str) -> Voice | None:
    """Return a voice by its name, in whichever case it is written."""
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
