"""The words of a text, compared without case, punctuation and different ways to write a letter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from unicodedata import category, normalize

from voicebot.engine.text.characters import UNSPACED

_ALIKE = 0.5
_ALIKE_LETTERS = 0.7  # a word that was told before it was out
_APOSTROPHES = re.compile("[`\u00b4\u02b9\u02bb\u02bc\u2018\u2019\u201b\u2032\u055a\u05f3\ua78c\uff07]")
_TURKISH = re.compile("[\u011e\u011f\u0130\u0131\u015e\u015f]")
"""Letters by which Turkish is known: its small I has no dot."""
_OPTIONAL = re.compile(
    "(?<=i)\u0307|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
"""What the same word is written with and without: the dot of a Turkish I made small, points and elongation
of Hebrew and Arabic, selectors of a glyph, joiners and other characters that are not seen."""
_WORD = re.compile(f"[{UNSPACED}]|[^\\s{UNSPACED}]+")


def joined(*parts: str) -> str:
    """Return parts of speech as one text."""
    return " ".join(part for part in parts if part)


def has_words(text: str) -> bool:
    """Return whether a text has a letter or a digit of any script: `?` and an emoji say nothing."""
    return any(is_letter(character) for character in text)


@lru_cache(maxsize=64)
def words(text: str) -> tuple[str, ...]:
    """Return the words of a text without case, spacing, punctuation and different ways to write a letter.

    Of a script without blanks, each character is a word.
    """
    text = folded(text).replace("'", "")
    return tuple(_WORD.findall("".join(c if category(c)[0] in "LMN" else " " for c in text)))


def same_words(one: str, other: str) -> bool:
    """Return whether two texts differ in case, spacing and punctuation at most."""
    return one == other or words(one) == words(other)


def alike(expected: str, text: str) -> bool:
    """Return whether two transcripts are probably of the same speech."""
    if not (expected and text):
        return False
    one, other = words(expected), words(text)
    if _likeness(one, other) >= _ALIKE:
        return True
    return _likeness("".join(one), "".join(other)) >= _ALIKE_LETTERS


@lru_cache(maxsize=256)
def folded(text: str) -> str:
    """Return a text without case and formatting, with each letter written in one way."""
    text = normalize("NFKC", _APOSTROPHES.sub("'", text))
    if _TURKISH.search(text):
        text = text.replace("I", "\u0131")
    return _OPTIONAL.sub("", normalize("NFKC", text.casefold()))


def _likeness(one: Sequence[str], other: Sequence[str]) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def is_letter(character: str) -> bool:
    return category(character)[0] in "LN"
