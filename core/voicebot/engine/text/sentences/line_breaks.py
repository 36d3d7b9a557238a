"""Where a sentence can be cut that has become too long."""

from __future__ import annotations

import re
import unicodedata

from voicebot.engine.text.characters import is_unspaced

LONGEST = 300
"""Characters of the longest unit, if it has clauses or words to cut it at."""
_LONGEST_WORD = 600
"""Characters without either after which a cut is made, in scripts that have no blanks between words."""
_LONGEST_RUN = 2000
"""The same in other scripts, where such a run is an address or data, which is not spoken in full."""
_FEWEST = LONGEST // 4
"""Characters of a clause that is worth a unit of its own in a long sentence."""
_LONGEST_CHARACTER = 60
_LEADING_VOWELS = re.compile("[\u0e40-\u0e44\u0ec0-\u0ec4]")
_CONTINUES = re.compile("[\U0001f3fb-\U0001f3ff\u1160-\u11ff\ud7b0-\ud7ff\udc00-\udfff\u200c\u200d]")
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")


class Breaks:
    """The last clause and the last blank of a unit so far."""

    def __init__(self) -> None:
        self._clause = self._blank = 0

    def add(self, at: int, *, clause: bool) -> None:
        """Take note that words end at `at`, maybe with a clause."""
        self._blank = at
        if clause:
            self._clause = at

    def before(self, at: int) -> int:
        """Return where to cut a unit that has become too long and is read up to `at`; 0 for nowhere yet."""
        end = self._clause if self._clause > _FEWEST else self._blank
        return end if end <= LONGEST or at > _LONGEST_WORD else 0


def longest_run(text: str, at: int) -> int:
    """Return how far to read on from `at` without a break before one is made all the same."""
    if at < _LONGEST_WORD:
        return _LONGEST_WORD
    return max(at, _LONGEST_WORD if is_unspaced(text[_LONGEST_WORD - 1]) else _LONGEST_RUN)


def whole_characters(text: str, cut: int) -> int:
    """Return where to cut at `cut` at the latest, not within what a reader takes for one character."""
    end = cut
    while end > cut - _LONGEST_CHARACTER and within_a_character(text, end):
        end -= 1
    return end if end > cut - _LONGEST_CHARACTER else cut


def within_a_character(text: str, index: int) -> bool:
    """Whether what a reader takes for one character goes on at `index`."""
    return bool(
        unicodedata.category(text[index]).startswith("M")
        or _CONTINUES.match(text, index)
        or text[index - 1] in "\u200d\u17d2\u1039"  # what joins, and what puts a letter below another
        or _FLAG.match(text, index - 1)
        or _LEADING_VOWELS.match(text, index - 1)
    )
