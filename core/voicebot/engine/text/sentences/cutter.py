"""Cutting a reply into units to speak, while the model still writes it: pure text in, pure text out.

The text is read once from start to end, in steps that look ahead a few characters at most. Where those have
not been written yet, the reader waits. So the units are the same, however the text is split.

No library does this: those that split sentences want the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import copy

from voicebot.engine.text.characters import CLAUSE_MARKS, CLOSERS, EMPHASIS, STOPS, WIDE_CLAUSE_MARKS
from voicebot.engine.text.sentences.code_blocks import CodeBlock, fence_at, prose_after
from voicebot.engine.text.sentences.first_clause import FirstClause
from voicebot.engine.text.sentences.long_sentences import (
    LONGEST_UNIT,
    LONGEST_WORD,
    longest_run,
    whole_characters,
)
from voicebot.engine.text.sentences.markup import BLOCK_TAG, MARKUP, markup_end
from voicebot.engine.text.sentences.open_pairs import PAIRED
from voicebot.engine.text.sentences.sentence_boundary import Boundary, SentenceBoundary
from voicebot.engine.text.sentences.underlines import underline_end
from voicebot.engine.text.sentences.unit_text import MARK, UnitText

_SLICE = 512
"""Characters that are read at a time, so that a whole reply is read as fast as one in pieces."""
_SAID_IN_BRACKETS = re.compile(r"<(?:[^<>\s]*(?:://|@)|\w+(?: \w+)+>)")
_SEEMS_FINISHED = re.compile(rf"[{re.escape(STOPS)}][{re.escape(CLOSERS)}\s]*\Z")
_UNKNOWN_WORD = " Xx "
_LONGEST_EMPHASIS = 20


class SentenceCutter:
    """Takes a reply as it is written, and returns the units to speak.

    Args:
        short_first: return the first unit as soon as it is a clause, or a handful of words.
    """

    def __init__(self, *, short_first: bool = True) -> None:
        self._unit = UnitText()
        self._units: list[str] = []
        """What was cut and not returned yet."""
        self._first = FirstClause() if short_first else None
        self._code: CodeBlock | None = None

    def push(self, text: str) -> list[str]:
        """Take the next piece of text; return the units that it completes."""
        if self._first is None and self._code is None and self._unit.append_word(text):
            return []
        for start in range(0, len(text), _SLICE):
            self._unit.text += text[start : start + _SLICE]
            self._read(final=False)
        return self._take_units() if self._units else []

    def flush(self) -> list[str]:
        """Return the rest, as the reply is complete."""
        self._unit.text += "\n"  # so that each mark has something after it
        self._read(final=True)
        if self._code is not None:
            self._end_forgotten_code(self._code.text)
        self._cut(len(self._unit.text))
        return self._take_units()

    def take_finished(self) -> list[str]:
        """Return the sentence that seems to be finished, though only the next word would make it certain."""
        if self._code is not None or not _SEEMS_FINISHED.search(self._unit.text):
            return []
        ahead = copy(self)
        ahead._unit, ahead._units, ahead._first = self._unit.copy(), [], None
        units = ahead.push(_UNKNOWN_WORD)
        if ahead._unit.text.strip() != _UNKNOWN_WORD.strip():
            return []
        self._cut(len(self._unit.text))
        self._units.clear()
        return units

    def _take_units(self) -> list[str]:
        units, self._units = [unit for unit in self._units if unit], []
        return units

    def _cut(self, end: int, *, ends_sentence: bool = True, line: int | None = None) -> bool:
        if unit := self._unit.cut(end, ends_sentence=ends_sentence, line=line):
            self._units.append(unit)
            self._first = None
        return True

    def _read(self, *, final: bool) -> None:
        """Read as far as the available text allows; `final` says that no more will come."""
        unit = self._unit
        while True:
            if self._code is not None:
                if not self._read_code(self._code, final=final):
                    return
            elif unit.at >= len(unit.text) or not self._read_to_mark(final):
                return

    def _read_to_mark(self, final: bool) -> bool:
        """Read up to the next mark and take it; return whether there may be more to read."""
        unit = self._unit
        text = unit.text
        longest = LONGEST_WORD if unit.at < LONGEST_WORD else longest_run(text, unit.at)
        mark = MARK.search(text, unit.at, longest)
        at = mark.start() if mark else max(unit.at, min(len(text), longest))
        if at > LONGEST_UNIT and (end := unit.breaks.before(at)):
            return self._cut(end, ends_sentence=False)
        if not unit.has_words:
            unit.find_words(at)
        unit.at = at
        if mark is not None:
            return _ACTIONS.get(text[at], SentenceCutter._take_blank)(self, at, final)
        if len(text) <= longest:
            return False
        if longest == longest_run(text, at):
            self._cut(whole_characters(text, at), ends_sentence=False)
        return True

    def _take_blank(self, at: int, final: bool) -> bool:
        unit = self._unit
        if unit.has_words:
            clause = at > 0 and unit.text[at - 1] in CLAUSE_MARKS
            if self._first is not None:
                ends = self._first.ends_at(unit.text, at, clause=clause)
                if ends is None:
                    return False
                if ends:
                    return self._cut(at, ends_sentence=False)
            unit.breaks.add(at, clause=clause)
        unit.at = at + 1
        return True

    def _take_line_end(self, at: int, final: bool) -> bool:
        unit = self._unit
        if not unit.has_words:
            unit.at = unit.line = at + 1
            return True
        end = underline_end(unit.text, at + 1, final=final)
        if end is None:
            return False
        return self._cut(max(end, at + 1), line=0 if end <= at + 1 else None)

    def _take_wide_clause_mark(self, at: int, final: bool) -> bool:
        unit = self._unit
        unit.at = at + 1
        unit.breaks.add(at + 1, clause=True)
        if self._first and unit.has_words and self._first.is_wide_clause(unit.text, at):
            self._cut(at + 1, ends_sentence=False)
        return True

    def _take_stop(self, at: int, final: bool) -> bool:
        unit = self._unit
        mark = SentenceBoundary(unit.text, at, unit.pairs, unit.line)
        boundary, end = mark.decide(has_words=unit.has_words, is_lowercase=unit.is_lowercase)
        if boundary is Boundary.UNKNOWN:
            return False
        if boundary is Boundary.END:
            return self._cut(end)
        unit.pairs = mark.pairs
        unit.at = end
        return True

    def _take_paired(self, at: int, final: bool) -> bool:
        """Take a quote, a bracket or emphasis."""
        unit = self._unit
        text, mark = unit.text, unit.text[at]
        end = at + 1
        if mark in EMPHASIS:
            while end < len(text) and text[end] == mark and end < at + _LONGEST_EMPHASIS:
                end += 1
        if end == len(text):
            return False
        before = text[at - 1] if at else ""
        unit.pairs.read(mark, before, text[end], at, within_sentence=unit.sentence_has_words)
        unit.at = end
        return True

    def _take_markup(self, at: int, final: bool) -> bool:
        """Take a link, a tag, inline code or a formula, which is never cut."""
        unit = self._unit
        text = unit.text
        end = markup_end(text, at, final=final)
        if end is None:
            return False
        tag = BLOCK_TAG.match(text, at, end) if text[at] == "<" else None
        if tag and unit.has_words and not tag[1]:
            return self._cut(at)
        unit.at = max(end, at + 1)
        is_said = text[at] != "<" or _SAID_IN_BRACKETS.match(text, at, end)
        if is_said and unit.has_words_in(at, end):
            unit.has_words = unit.sentence_has_words = True
        elif tag and unit.has_words:
            self._cut(end)
        return True

    def _take_fence(self, at: int, final: bool) -> bool:
        """Take backticks or tildes, which may begin a block of code."""
        unit = self._unit
        block = fence_at(unit.text, at, unit.line, final=final)
        if block is None:
            return False
        if block is False:
            return (self._take_markup if unit.text[at] == "`" else self._take_paired)(at, final)
        if not block.alone and at:
            return self._cut(at)
        if block.alone and unit.line and unit.has_words and unit.has_words_in(0, unit.line):
            return self._cut(unit.line, line=0)
        self._code = block
        unit.text = unit.text[block.size :]
        return True

    def _read_code(self, code: CodeBlock, *, final: bool) -> bool:
        unit = self._unit
        taken, is_over = code.take(unit.text, final=final)
        unit.text = unit.text[taken:]
        if not is_over:
            return False
        self._code = self._first = None
        self._units.append(code.text.strip())
        unit.begin(line=0 if code.text.endswith("\n") else None)
        return bool(unit.text)

    def _end_forgotten_code(self, block: str) -> None:
        """End a block of code that the reply has not ended."""
        self._code = None
        code_ends = prose_after(block)
        self._units.append(block[:code_ends].strip())
        self._unit.text = block[code_ends:]
        self._unit.begin(line=0)
        self._read(final=True)


_ACTIONS: dict[str, Callable[[SentenceCutter, int, bool], bool]] = {
    **dict.fromkeys(PAIRED, SentenceCutter._take_paired),
    **dict.fromkeys(STOPS + ";:", SentenceCutter._take_stop),
    **dict.fromkeys(WIDE_CLAUSE_MARKS, SentenceCutter._take_wide_clause_mark),
    **dict.fromkeys(MARKUP, SentenceCutter._take_markup),
    **dict.fromkeys("`~", SentenceCutter._take_fence),
    "\n": SentenceCutter._take_line_end,
}
"""What to do at a mark that is not a blank; returns whether to read on."""
