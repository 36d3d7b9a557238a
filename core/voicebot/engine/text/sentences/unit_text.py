"""The text of a reply that has been written and not been cut yet, with what has been read of it."""

from __future__ import annotations

import re
from copy import copy

from voicebot.engine.text.characters import CLAUSE_MARKS, STOPS, WIDE_CLAUSE_MARKS
from voicebot.engine.text.sentences.long_sentences import LONGEST_UNIT, BreakPoints
from voicebot.engine.text.sentences.markup import MARKUP
from voicebot.engine.text.sentences.open_pairs import PAIRED, OpenPairs

_MARKS = rf"\s{re.escape(STOPS + WIDE_CLAUSE_MARKS + PAIRED + MARKUP)};:~"
MARK = re.compile(f"[{_MARKS}]")
"""A character that may affect where the text is cut."""
_WORD = re.compile(f" ?[^{_MARKS}]+")
_ALPHANUMERIC = re.compile(r"[^\W_]")


class UnitText:
    """The unit that is being read, and the text after it.

    A unit is a sentence, unless that is cut into several.
    """

    __slots__ = ("at", "breaks", "has_words", "is_lowercase", "line", "pairs", "sentence_has_words", "text")

    def __init__(self) -> None:
        self.text = ""
        self.sentence_has_words = False
        """Whether the sentence has words, in this unit or in one before."""
        self.is_lowercase = False
        """Whether the sentence begins with a small letter, so that the next one may."""
        self.begin(line=0)

    def begin(self, *, line: int | None) -> None:
        """Begin a unit with the text that is there.

        Args:
            line: where the line begins that the unit begins in; None if that was cut off.
        """
        self.at = 0
        """How far the text has been read."""
        self.line = line
        """Where the line begins that is being read; None if that was cut off."""
        self.has_words = False
        """Whether the unit has anything to say."""
        self.pairs = OpenPairs()
        self.breaks = BreakPoints()

    def cut(self, end: int, *, ends_sentence: bool = True, line: int | None = None) -> str:
        """Return the unit up to `end`, and begin the next one."""
        unit, self.text = self.text[:end].strip(), self.text[end:]
        self.begin(line=line)
        if ends_sentence:
            self.is_lowercase = self.sentence_has_words = False
        return unit

    def copy(self) -> UnitText:
        """Return a copy, to read ahead with text that may follow."""
        other = copy(self)
        other.pairs, other.breaks = self.pairs.copy(), copy(self.breaks)
        return other

    def append_word(self, text: str) -> bool:
        """Append text that is a word within the sentence, as most of a reply is; return whether it is one."""
        at = len(self.text)
        is_within = self.at == at and self.has_words and at + len(text) <= LONGEST_UNIT
        if not (is_within and _WORD.fullmatch(text)):
            return False
        if text[0] == " ":
            self.breaks.add(at, clause=self.text[at - 1] in CLAUSE_MARKS)
        self.text += text
        self.at = at + len(text)
        return True

    def find_words(self, end: int) -> None:
        """Look for words between what has been read and `end`."""
        first = _ALPHANUMERIC.search(self.text, self.at, end)
        if first is None:
            return
        self.has_words = True
        if not self.sentence_has_words:
            self.sentence_has_words = True
            self.is_lowercase = first.group().islower() and not self.text[: first.start()].strip()

    def has_words_in(self, start: int, end: int) -> bool:
        """Return whether there are words between two places."""
        return _ALPHANUMERIC.search(self.text, start, end) is not None
