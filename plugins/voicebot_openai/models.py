"""What is known of Azure's models by their names: which parameters they take, and when they retire.

The knowledge is in `models.json`, with its source.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

_ALIKE = 0.75
_VARIANTS = r"(?!-(?:audio|chat|codex|image|max|mini|nano|pro|realtime|search|transcribe|tts|deep)\b)"


@dataclass(frozen=True, slots=True)
class Family:
    """What models of one kind have in common.

    `reasoning` models think before they answer: they refuse to be told how to pick words, and count their
    thoughts as part of the reply. `effort` is the least that such a model can be told to think.
    """

    reasoning: bool
    effort: str | None = None


def family_of(name: str) -> Family | None:
    """Return the family of a model, by its name or one that contains it; None where that does not tell."""
    for kind in _knowledge()["families"]:
        if re.search(rf"(?<![a-z0-9])(?:{kind['pattern']})", name.lower()):
            return None if kind["reasoning"] is None else Family(kind["reasoning"], kind["effort"])
    return None


def retirement_of(name: str) -> tuple[str, date] | None:
    """Return which model a name stands for and the day it retires, if that is known."""
    dates: dict[str, str] = _knowledge()["retirement"]
    for model in sorted(dates, key=len, reverse=True):
        if re.search(rf"(?<![a-z0-9]){re.escape(model)}(?![a-z0-9.]){_VARIANTS}", name.lower()):
            return model, date.fromisoformat(dates[model])
    return None


def meant_model(name: str) -> str | None:
    """Return the model that a name of none is probably meant to be, None where it may be one of its own."""
    if any(
        re.search(rf"(?<![a-z0-9])(?:{kind['pattern']})", name.lower()) for kind in _knowledge()["families"]
    ):
        return None
    near = get_close_matches(name.lower(), _knowledge()["retirement"], 1, _ALIKE)
    return near[0] if near else None


@cache
def _knowledge() -> dict[str, Any]:
    text = (files(__package__) / "models.json").read_text(encoding="utf-8")
    knowledge: dict[str, Any] = json.loads(text)
    return knowledge
