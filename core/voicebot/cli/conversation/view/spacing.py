"""The units of a reply side by side: with blanks between them where their script has blanks."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ENDS_WITHOUT_BLANK = re.compile(
    "[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff9f][\u201d\u2019\u2026]?$"
)


def in_a_row(units: Iterable[str]) -> str:
    """Return the units of a reply as one text."""
    text = ""
    for unit in units:
        text += unit if not text or ends_without_blank(text) else f" {unit}"
    return text


def ends_without_blank(text: str) -> bool:
    """Say whether no blank follows a text: a Chinese or Japanese sentence ends there."""
    return bool(_ENDS_WITHOUT_BLANK.search(text))
