"""The words of a transcript."""

from __future__ import annotations

import re
from unicodedata import category, normalize

_WORD = re.compile(r"[^\s'-]+(?:['-][^\s'-]+)*")
_PLAIN = str.maketrans(dict.fromkeys("\u02bc\u2018\u2019\uff07", "'") | dict.fromkeys("\ufe0e\ufe0f", ""))
"""What apostrophes, and the invisible characters that select how an emoji looks, are replaced by."""


def spoken_words(text: str) -> list[str]:
    """Return the words of a text without case; a vowel sign or an accent is part of its word."""
    text = normalize("NFC", text).translate(_PLAIN).casefold()
    return _WORD.findall("".join(c if c in "'-" or category(c)[0] in "LMN" else " " for c in text))
