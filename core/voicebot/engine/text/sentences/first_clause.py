"""Where a reply can first be cut, so that the voice starts early: after a clause, or a handful of words."""

from __future__ import annotations

import re

from voicebot.engine.text.characters import CLAUSE_MARKS, POINTS
from voicebot.languages.known import all_languages

_WORDS = 6
_WORDS_MOST = 9
_CLAUSE_WORDS = 3
_CLAUSE_CHARACTERS = 4  # for scripts that put no blanks between words
_BLOCK_MARKUP = re.compile(r"\s*(?:[|#]|```|~~~)")
_STAYS = "!?:;,.%‰°€$£¥»›)”…/=*+×<>|&"


class FirstClause:
    """Counts the words of the first unit."""

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
        if clause and word[-1] in CLAUSE_MARKS and self._words >= _CLAUSE_WORDS:
            return True
        leans = word.lower() in all_languages().sentences.no_pause_after or word[-1].isdigit()
        if self._words < (_WORDS_MOST if leans else _WORDS):
            return False
        if at + 1 == len(text):
            return None
        return not text[at + 1].isspace() and text[at + 1] not in _STAYS

    def is_wide_clause(self, text: str, at: int) -> bool:
        """Return whether the mark at `at`, of a script without blanks, ends a clause that is long enough."""
        return not _BLOCK_MARKUP.match(text) and len(text[:at].strip()) >= _CLAUSE_CHARACTERS
