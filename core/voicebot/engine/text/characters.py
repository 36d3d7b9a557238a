"""Characters by what they do in a text: marks, quotes, brackets, scripts without blanks."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from functools import lru_cache

ASKING = "!?‼⁇⁈⁉！？\u037e\u061f\u1367\u2e2e\ufe56\ufe57"
"""Exclamation and question marks."""
WIDE_STOPS = "。｡\u06d4\u0964\u0965\u0589\u1362\u1368\u104b\u17d4\u17d5\u0f0d\u0f0e\u1803\u1809\ua8ce\ua8cf"
"""Full stops that are never anything else."""
ELLIPSES = "…⋯"
POINTS = ".．"
"""Full stops that are also decimal points, and parts of abbreviations, addresses and file names."""
STOPS = POINTS + ASKING + WIDE_STOPS + ELLIPSES

CLAUSE_MARKS = ",;:—–،؛\u1361\u1363\u1364\u104a"
WIDE_CLAUSE_MARKS = "、，；："

OPENING_QUOTES = "\"'“„«‹‘‚「『《〈"
CLOSERS = "\"'”“’‘»›«」』》〉)）]］}】〕*_~`"
EMPHASIS = "*_~`"
OPENERS = OPENING_QUOTES + "»›”’(（[［{【〔¿¡*_~"

UNSPACED = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u2e80-\u2fff\u3005-\u3007\u3040-\u312f\u31a0-\u31ff"
    "\u3400-\u9fff\ua9e0-\ua9ff\uaa60-\uaa7f\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
"""Scripts that put no blanks between words, as ranges of a regular expression: Thai, Lao, Tibetan, Burmese,
Khmer, Chinese, Japanese."""
_UNSPACED_FIRST, _UNSPACED_LAST = UNSPACED[::3], UNSPACED[2::3]
"""The first and the last character of each range. A regular expression would take milliseconds to compile."""


@lru_cache(maxsize=512)
def is_unspaced(character: str) -> bool:
    """Return whether a character is of a script that puts no blanks between words."""
    index = bisect_right(_UNSPACED_FIRST, character) - 1
    return index >= 0 and character <= _UNSPACED_LAST[index]


def has_no_full_stops(character: str) -> bool:
    """Return whether a character is of a script with full stops in abbreviations only: Thai and Lao."""
    return "\u0e00" <= character <= "\u0eff"


@lru_cache(maxsize=512)
def is_invisible(character: str) -> bool:
    """Return whether a character only affects the layout: direction marks, zero-width spaces."""
    return unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f"


@lru_cache(maxsize=512)
def is_symbol(character: str) -> bool:
    """Return whether a character is a picture, such as an emoji."""
    return unicodedata.category(character) in {"So", "Cs"}


def has_case(character: str) -> bool:
    """Return whether a character is of a script that uses capital letters, which Georgian does not."""
    return character.lower() != character.upper() and not "\u10a0" <= character <= "\u10ff"
