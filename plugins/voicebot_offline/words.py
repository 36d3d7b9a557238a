"""Words as they are spoken: what is left of a text without case and punctuation."""

from __future__ import annotations

import re
from unicodedata import category, normalize

_SELECTORS = "\ufe0e\ufe0f"
"""How an emoji looks."""
_WORD = re.compile(r"[^\W_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}][^\W_]+)*")


def spoken(text: str) -> list[tuple[str, str]]:
    """Return the words of `text`, each as it is compared and as it is written; vowel signs belong to them."""
    text = normalize("NFC", text)
    lettered = "".join("x" if category(c)[0] == "M" and c not in _SELECTORS else c for c in text)
    found = [text[match.start() : match.end()] for match in _WORD.finditer(lettered)]
    return [(word.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"), word) for word in found]


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of `text` as they are compared, and as a pronunciation dictionary writes them."""
    return tuple(word for word, _ in spoken(text))
