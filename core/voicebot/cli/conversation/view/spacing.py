"""Joining the units of a reply: with spaces between them if their script uses spaces."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ENDS_WITHOUT_SPACE = re.compile(
    "[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff9f][\u201d\u2019\u2026]?$"
)


def join_units(units: Iterable[str]) -> str:
    """Return the units of a reply as one text."""
    text = ""
    for unit in units:
        text += unit if not text or ends_without_space(text) else f" {unit}"
    return text


def ends_without_space(text: str) -> bool:
    """Return whether no space follows a text, such as at the end of a Chinese or Japanese sentence."""
    return bool(_ENDS_WITHOUT_SPACE.search(text))
