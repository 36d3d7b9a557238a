"""The languages that Azure Speech recognises."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files


@cache
def recognized_languages() -> tuple[str, ...]:
    """Return the BCP 47 tags that Microsoft lists."""
    text = (files(__package__) / "languages.json").read_text(encoding="utf-8")
    return tuple(json.loads(text)["languages"])
