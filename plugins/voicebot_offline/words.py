"""The words of a text, without case and punctuation."""

from __future__ import annotations

import re
from unicodedata import category, normalize

_SELECTORS = "\ufe0e\ufe0f"
"""Variation selectors, which choose how an emoji looks."""
_WORD = re.compile(r"[^\W_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}][^\W_]+)*")


def spoken(text: str) -> list[tuple[str, str]]:
    """Return the words of a text, each in the form for comparison and as written, vowel signs included."""
    text = normalize("NFC", text)
    lettered = "".join("x" if category(c)[0] == "M" and c not in _SELECTORS else c for c in text)
    found = [text[match.start() : match.end()] for match in _WORD.finditer(lettered)]
    return [(word.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"), word) for word in found]


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text in the form for comparison, which pronunciation dictionaries use too."""
    return tuple(word for word, _ in spoken(text))
