"""What is known about Azure's models from their names: which parameters they take, and when they retire.

The data is in `models.json`, with its source.
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

_SIMILARITY = 0.75
_VARIANTS = r"(?!-(?:audio|chat|codex|image|max|mini|nano|pro|realtime|search|transcribe|tts|deep)\b)"


@dataclass(frozen=True, slots=True)
class Family:
    """What models of one kind have in common.

    Models with `reasoning` think before they answer: they reject sampling parameters, and count their
    reasoning as part of the reply. `min_effort` is the lowest reasoning effort of such a model.
    """

    reasoning: bool
    min_effort: str | None = None


def family_of(name: str) -> Family | None:
    """Return the family of a model by its name, or one that contains it; None if unknown."""
    for kind in _data()["families"]:
        if re.search(rf"(?<![a-z0-9])(?:{kind['pattern']})", name.lower()):
            return None if kind["reasoning"] is None else Family(kind["reasoning"], kind["effort"])
    return None


def retirement_of(name: str) -> tuple[str, date] | None:
    """Return the model that a name refers to and the date it retires, None if unknown."""
    dates: dict[str, str] = _data()["retirement"]
    for model in sorted(dates, key=len, reverse=True):
        if re.search(rf"(?<![a-z0-9]){re.escape(model)}(?![a-z0-9.]){_VARIANTS}", name.lower()):
            return model, date.fromisoformat(dates[model])
    return None


def schedule_read_on() -> date:
    """Return the day on which the schedule of retirements was read."""
    return date.fromisoformat(_data()["read"])


def similar_model(name: str) -> str | None:
    """Return the model that a misspelt name probably means, None if the name may be right."""
    if any(re.search(rf"(?<![a-z0-9])(?:{kind['pattern']})", name.lower()) for kind in _data()["families"]):
        return None
    similar = get_close_matches(name.lower(), _data()["retirement"], 1, _SIMILARITY)
    return similar[0] if similar else None


@cache
def _data() -> dict[str, Any]:
    text = (files(__package__) / "models.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data
