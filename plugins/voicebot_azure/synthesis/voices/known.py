"""The voices of Azure by name, and the styles and roles of each, as far as Microsoft lists them.

`known.json` holds what changes, with its source. What is not in it may be newer, or a custom voice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

_ALIKE = 0.85
_LISTED = ("Neural", "MultilingualNeural", "TurboMultilingualNeural")
"""What the names of the voices end with whose styles and roles are all listed."""


@cache
def known_voices() -> dict[str, str]:
    """Return all names, each by itself in lower case."""
    return {
        name.lower(): name
        for suffix, locales in _facts()["names"].items()
        for locale, personas in locales.items()
        for name in (f"{locale}-{persona}{suffix}" for persona in personas.split())
    }


def voices_like(voice: str, known: Iterable[str] | None = None) -> list[str]:
    """Return which voices are probably meant by a name that is none, the likeliest first; mostly nothing.

    Args:
        known: the names there are; by default those that Microsoft lists.
    """
    names = {name.lower(): name for name in known} if known is not None else known_voices()
    wanted = voice.strip().lower()
    close = get_close_matches(wanted, names, 3, _ALIKE)
    persona = [name for name in names if name.split("-", 2)[-1].partition(":")[0].startswith(wanted)]
    return [names[name] for name in dict.fromkeys([*close, *(persona if len(wanted) > 2 else [])])][:3]


def styles_of(voice: str) -> tuple[str, ...] | None:
    """Return the styles that a voice has, None where that is not known."""
    return _of(voice, "styles")


def roles_of(voice: str) -> tuple[str, ...] | None:
    """Return the roles that a voice can play, None where that is not known."""
    return _of(voice, "roles")


def _of(voice: str, what: str) -> tuple[str, ...] | None:
    name = known_voices().get(voice.lower())
    if name is None or ":" in name or not name.endswith(_LISTED):
        return None
    return tuple(_facts()[what].get(name, "").split())


@cache
def _facts() -> Any:
    return json.loads((files(__package__) / "known.json").read_text(encoding="utf-8"))
