"""The words of a text, and whether two texts say the same, whatever their case, spacing and punctuation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from unicodedata import category, normalize

from voicebot.engine.text.characters import UNSPACED

_ALIKE_WORDS = 0.5
_ALIKE_LETTERS = 0.7  # a word that was recognised before it was spoken in full
_APOSTROPHES = re.compile("[`\u00b4\u02b9\u02bb\u02bc\u2018\u2019\u201b\u2032\u055a\u05f3\ua78c\uff07]")
_TURKISH = re.compile("[\u011e\u011f\u0130\u0131\u015e\u015f]")
"""Letters that only Turkish has; it has two letters I, with and without a dot."""
_OPTIONAL = re.compile(
    "(?<=i)\u0307|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
"""What a word may be written with or without: the dot of a Turkish I in lower case, Hebrew and Arabic points
and elongation, variation selectors, joiners and other invisible characters."""
_WORD = f"[{UNSPACED}]|[^\\s{UNSPACED}]+"
_ASCII_PUNCTUATION = str.maketrans({chr(code): " " for code in range(128) if not chr(code).isalnum()})


def joined(*parts: str) -> str:
    """Return parts of a text, those that are not empty, with blanks between them."""
    return " ".join(part for part in parts if part)


def has_words(text: str) -> bool:
    """Return whether a text has a letter or digit of any script: `?` and an emoji say nothing."""
    return any(is_alphanumeric(character) for character in text)


@lru_cache(maxsize=64)
def words(text: str) -> tuple[str, ...]:
    """Return the words of a text, folded and without punctuation.

    In a script without blanks, each character is a word.
    """
    text = folded(text).replace("'", "")
    if text.isascii():
        return tuple(text.translate(_ASCII_PUNCTUATION).split())
    return tuple(re.findall(_WORD, "".join(c if category(c)[0] in "LMN" else " " for c in text)))


def same_words(one: str, other: str) -> bool:
    """Return whether two texts differ at most in case, spacing and punctuation."""
    return one == other or words(one) == words(other)


def alike(expected: str, text: str) -> bool:
    """Return whether two transcripts are probably of the same speech."""
    if not (expected and text):
        return False
    one, other = words(expected), words(text)
    if _likeness(one, other) >= _ALIKE_WORDS:
        return True
    return _likeness("".join(one), "".join(other)) >= _ALIKE_LETTERS


@lru_cache(maxsize=256)
def folded(text: str) -> str:
    """Return a text in lower case and without formatting, with each letter written in one way."""
    text = normalize("NFKC", _APOSTROPHES.sub("'", text))
    if _TURKISH.search(text):
        text = text.replace("I", "\u0131")
    return _OPTIONAL.sub("", normalize("NFKC", text.casefold()))


def _likeness(one: Sequence[str], other: Sequence[str]) -> float:
    from difflib import SequenceMatcher  # which a conversation may never need

    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def is_alphanumeric(character: str) -> bool:
    """Return whether a character is a letter or a digit of any script."""
    return category(character)[0] in "LN"
