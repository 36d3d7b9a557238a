"""Whether the user agrees: provisional."""

from __future__ import annotations

from typing import Literal

_YES = frozenset("yes yeah yep sure ja oui sí".split())
_NO = frozenset("no nope nein non".split())


def read_consent(text: str, language: str) -> Literal["yes", "no", "unclear"]:
    """Return whether a turn of the user means yes or no."""
    words = [word.strip(".,!?").casefold() for word in text.split()]
    if _NO.intersection(words):
        return "no"
    is_yes = bool(words) and _YES.issuperset(word for word in words if word not in {"please", "bitte"})
    return "yes" if is_yes else "unclear"
