"""The names, styles and roles of the voices that Microsoft lists.

`known.json` holds the list, with its source. A voice that is not on it may be newer, or a custom voice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

_SIMILARITY = 0.85
_STYLES_LISTED = ("Neural", "MultilingualNeural", "TurboMultilingualNeural")
"""Suffixes of the names of voices whose styles and roles are all listed."""


@cache
def known_voices() -> dict[str, str]:
    """Return all names, keyed by their lower-case form."""
    return {
        name.lower(): name
        for suffix, locales in _data()["names"].items()
        for locale, personas in locales.items()
        for name in (f"{locale}-{persona}{suffix}" for persona in personas.split())
    }


def similar_voices(voice: str, known: Iterable[str] | None = None) -> list[str]:
    """Return up to three voices that a misspelt name may mean, the likeliest first.

    Args:
        known: the names that exist; by default those that Microsoft lists.
    """
    names = {name.lower(): name for name in known} if known is not None else known_voices()
    wanted = voice.strip().lower()
    close = get_close_matches(wanted, names, 3, _SIMILARITY)
    persona = [name for name in names if name.split("-", 2)[-1].partition(":")[0].startswith(wanted)]
    return [names[name] for name in dict.fromkeys([*close, *(persona if len(wanted) > 2 else [])])][:3]


def styles_of(voice: str) -> tuple[str, ...] | None:
    """Return the styles of a voice, None if unknown."""
    return _listed(voice, "styles")


def roles_of(voice: str) -> tuple[str, ...] | None:
    """Return the roles that a voice can play, None if unknown."""
    return _listed(voice, "roles")


def _listed(voice: str, kind: str) -> tuple[str, ...] | None:
    name = known_voices().get(voice.lower())
    if name is None or ":" in name or not name.endswith(_STYLES_LISTED):
        return None
    return tuple(_data()[kind].get(name, "").split())


@cache
def _data() -> Any:
    return json.loads((files(__package__) / "known.json").read_text(encoding="utf-8"))
