"""Where the first unit of a reply can end, so that the voice starts early: after a clause or a few words."""

from __future__ import annotations

import re

from voicebot.engine.text.characters import CLAUSE_MARKS, POINTS
from voicebot.languages.known import all_languages

_WORDS = 6
_MOST_WORDS = 9
"""Words after which to cut, and after which even between words that belong together."""
_WORDS_OF_A_CLAUSE = 3
_CHARACTERS_OF_A_CLAUSE = 4
"""The same in scripts without blanks between words."""
_BLOCK_MARKUP = re.compile(r"\s*(?:[|#]|```|~~~)")
_BELONGS_TO_WORD_BEFORE = "!?:;,.%‰°€$£¥»›)”…/=*+×<>|&"


class FirstClause:
    """Counts the words of the first unit while it is read."""

    def __init__(self) -> None:
        self._words = 0
        self._counted = 0

    def ends_at(self, text: str, at: int, *, clause: bool) -> bool | None:
        """Return whether to cut at the blank at `at`; None if only the next character would tell."""
        if at != self._counted:
            word = text[self._counted : at].strip()
            self._words += bool(word) and not text[at - 1].isspace()
            self._counted = at
        word = text[max(text.rfind(blank, 0, at) for blank in " \t\n\u00a0") + 1 : at]
        if not word or word[-1] in POINTS or _BLOCK_MARKUP.match(text):
            return False
        if clause and word[-1] in CLAUSE_MARKS and self._words >= _WORDS_OF_A_CLAUSE:
            return True
        belongs_to_next = word.lower() in all_languages().sentences.no_pause_after or word[-1].isdigit()
        if self._words < (_MOST_WORDS if belongs_to_next else _WORDS):
            return False
        if at + 1 == len(text):
            return None
        return not text[at + 1].isspace() and text[at + 1] not in _BELONGS_TO_WORD_BEFORE

    def is_wide_clause(self, text: str, at: int) -> bool:
        """Return whether the mark at `at`, of a script without blanks, ends a clause that is long enough."""
        return not _BLOCK_MARKUP.match(text) and len(text[:at].strip()) >= _CHARACTERS_OF_A_CLAUSE
