"""Where to cut a sentence that has become too long for one unit."""

from __future__ import annotations

import re
import unicodedata

from voicebot.engine.text.characters import is_unspaced

LONGEST_UNIT = 300
"""Characters of the longest unit, if it has clauses or words to cut it at."""
LONGEST_WORD = 600
"""Characters without either after which a cut is made, in scripts that have no blanks between words."""
_LONGEST_RUN = 2000
"""The same in other scripts, where such a run is an address or data, which is not spoken in full."""
_SHORTEST_CLAUSE = LONGEST_UNIT // 4
"""Characters of a clause that is worth a unit of its own in a long sentence."""
_LONGEST_CHARACTER = 60
_LEADING_VOWELS = re.compile("[\u0e40-\u0e44\u0ec0-\u0ec4]")
_CONTINUES = re.compile("[\U0001f3fb-\U0001f3ff\u1160-\u11ff\ud7b0-\ud7ff\udc00-\udfff\u200c\u200d]")
_JOINERS = "\u200d\u17d2\u1039"
"""Characters that join the next one to the one before, or stack it below."""
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")


class BreakPoints:
    """The ends of the last clause and of the last word of a unit."""

    __slots__ = ("_clause", "_word")

    def __init__(self) -> None:
        self._clause = self._word = 0

    def add(self, at: int, *, clause: bool) -> None:
        """Remember that a word ends at `at`, and maybe a clause."""
        self._word = at
        if clause:
            self._clause = at

    def before(self, at: int) -> int:
        """Return where to cut a unit that is too long and has been read up to `at`; 0 for nowhere yet."""
        end = self._clause if self._clause > _SHORTEST_CLAUSE else self._word
        return end if end <= LONGEST_UNIT or at > LONGEST_WORD else 0


def longest_run(text: str, at: int) -> int:
    """Return how far to read text without a break, from `at`, before it is cut anyway."""
    if at < LONGEST_WORD:
        return LONGEST_WORD
    return max(at, LONGEST_WORD if is_unspaced(text[LONGEST_WORD - 1]) else _LONGEST_RUN)


def whole_characters(text: str, cut: int) -> int:
    """Return where to cut at `cut` at the latest, so that no character is cut as a reader sees it."""
    end = cut
    while end > cut - _LONGEST_CHARACTER and within_a_character(text, end):
        end -= 1
    return end if end > cut - _LONGEST_CHARACTER else cut


def within_a_character(text: str, index: int) -> bool:
    """Return whether a character, as a reader sees it, goes on at `index`."""
    return bool(
        unicodedata.category(text[index]).startswith("M")
        or _CONTINUES.match(text, index)
        or text[index - 1] in _JOINERS
        or _FLAG.match(text, index - 1)
        or _LEADING_VOWELS.match(text, index - 1)
    )
