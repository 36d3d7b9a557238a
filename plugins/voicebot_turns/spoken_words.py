"""The words of a transcript."""

from __future__ import annotations

import re
from unicodedata import category, normalize

_WORD = re.compile(r"[^\s'-]+(?:['-][^\s'-]+)*")
_EMOJI_SELECTOR = re.compile("[\ufe0e\ufe0f]")
_APOSTROPHE = re.compile("[\u02bc\u2018\u2019\uff07]")


def spoken_words(text: str) -> list[str]:
    """Return the words of a text without case; a vowel sign or an accent is part of its word."""
    text = _APOSTROPHE.sub("'", _EMOJI_SELECTOR.sub("", normalize("NFC", text))).casefold()
    return _WORD.findall("".join(c if c in "'-" or category(c)[0] in "LMN" else " " for c in text))
