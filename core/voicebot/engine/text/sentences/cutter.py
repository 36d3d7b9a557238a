"""Cutting a reply into units to speak, while the model still writes it: pure text in, pure text out.

The text is read once from start to end, by steps that each depend on a few characters ahead at most. Where
those are not there yet, the reader waits. So the units are the same however the text is split.

No library does this: those that split sentences want the whole text.
"""

from __future__ import annotations

import re
from copy import copy

from voicebot.engine.text.characters import (
    CLAUSE_MARKS,
    CLOSERS,
    EMPHASIS,
    STOPS,
    WIDE_CLAUSE_MARKS,
)
from voicebot.engine.text.sentences.code_blocks import CodeBlock, fence_at, prose_after
from voicebot.engine.text.sentences.first_clause import FirstClause
from voicebot.engine.text.sentences.line_breaks import LONGEST, Breaks, longest_run, whole_characters
from voicebot.engine.text.sentences.markup import BLOCK_TAG, MARKUP, markup_end
from voicebot.engine.text.sentences.open_pairs import PAIRED, OpenPairs
from voicebot.engine.text.sentences.sentence_ends import END, GOES_ON, WAIT, SentenceEnds
from voicebot.engine.text.sentences.underlines import underline_end

_SLICE = 512
"""Characters that are looked at together, so that a reply is read as fast at once as in pieces."""
_MARKS = re.compile(rf"[\s{re.escape(STOPS + WIDE_CLAUSE_MARKS + PAIRED + MARKUP)};:~]")
_ALNUM = re.compile(r"[^\W_]")
_SAID_IN_BRACKETS = re.compile(r"<(?:[^<>\s]*(?:://|@)|\w+(?: \w+)+>)")
_OVER = re.compile(rf"[{re.escape(STOPS)}][{re.escape(CLOSERS)}\s]*\Z")
_UNKNOWN_WORD = " Xx "


class SentenceCutter:
    """Takes a reply as it is written and gives it back in units to speak.

    Args:
        short_first: give the first unit as soon as it is a clause, or a handful of words.
    """

    def __init__(self, *, short_first: bool = True) -> None:
        self._text = ""
        self._first = FirstClause() if short_first else None
        self._code: CodeBlock | None = None
        self._units: list[str] = []
        self._lowercase = self._begun = False
        self._begin(line=0)

    def feed(self, text: str) -> list[str]:
        """Take the next piece of text; return the units that it completes."""
        for start in range(0, len(text), _SLICE):
            self._text += text[start : start + _SLICE]
            self._read(final=False)
        return self._taken()

    def flush(self) -> list[str]:
        """Return the rest, the reply being over."""
        self._text += "\n"  # so that each mark has something after it
        self._read(final=True)
        if self._code is not None:
            self._end_forgotten(self._code.text)
        self._cut(len(self._text))
        return self._taken()

    def settle(self) -> list[str]:
        """Return the sentence that is over as far as can be told, since nothing more seems to come."""
        if self._code is not None or not _OVER.search(self._text):
            return []
        if_more_came = copy(self)
        if_more_came._units, if_more_came._first = [], None
        if_more_came._pairs, if_more_came._breaks = self._pairs.copy(), copy(self._breaks)
        units = if_more_came.feed(_UNKNOWN_WORD)
        if if_more_came._text.strip() != _UNKNOWN_WORD.strip():
            return []
        self._cut(len(self._text))
        self._units.clear()
        return units

    def _end_forgotten(self, block: str) -> None:
        """End a block of code that the reply has not ended."""
        self._code = None
        code_ends = prose_after(block)
        self._units.append(block[:code_ends].strip())
        self._text = block[code_ends:]
        self._begin(line=0)
        self._read(final=True)

    def _taken(self) -> list[str]:
        units, self._units = [unit for unit in self._units if unit], []
        return units

    def _begin(self, *, line: int | None) -> None:
        """Begin a unit with the text that is left."""
        self._at = 0
        self._line = line
        self._wordy = False
        self._pairs = OpenPairs()
        self._breaks = Breaks()

    def _cut(self, end: int, *, sentence: bool = True, line: int | None = None) -> None:
        unit = self._text[:end].strip()
        self._text = self._text[end:]
        if unit:
            self._units.append(unit)
            self._first = None
        self._begin(line=line)
        if sentence:
            self._lowercase = False
            self._begun = False

    def _read(self, *, final: bool) -> None:
        """Read as far as what is there allows."""
        while self._at < len(self._text) or self._code:
            if not (self._read_code(final=final) if self._code else self._step(final=final)):
                return

    def _read_code(self, *, final: bool) -> bool:
        assert self._code is not None
        taken, over = self._code.take(self._text, final=final)
        self._text = self._text[taken:]
        if over:
            block = self._code.text
            self._code = None
            self._units.append(block.strip())
            self._first = None
            self._begin(line=0 if block.endswith("\n") else None)
        return over and bool(self._text)

    def _step(self, *, final: bool) -> bool:
        """Take the next mark; return whether there may be more to read."""
        text = self._text
        longest = longest_run(text, self._at)
        mark = _MARKS.search(text, self._at, longest)
        at = mark.start() if mark else max(self._at, min(len(text), longest))
        if at > LONGEST and (end := self._breaks.before(at)):
            self._cut(end, sentence=False)
            return True
        self._see_words(text, at)
        self._at = at
        if mark is not None:
            return self._take(text[at], at, final=final)
        if len(text) <= longest:
            return False
        if longest == longest_run(text, at):
            self._cut(whole_characters(text, at), sentence=False)
        return True

    def _see_words(self, text: str, end: int) -> None:
        if self._wordy:
            return
        if first := _ALNUM.search(text, self._at, end):
            self._wordy = True
            if not self._begun:
                self._begun = True
                self._lowercase = first.group().islower() and not text[: first.start()].strip()

    def _take(self, mark: str, at: int, *, final: bool) -> bool:
        text = self._text
        if mark in "`~" and (block := fence_at(text, at, self._line, final=final)) is not False:
            return self._begin_code(block, at)
        if mark in MARKUP:
            return self._skip(at, final=final)
        if mark == "\n":
            return self._newline(at, final=final)
        if mark.isspace():
            return self._between_words(at)
        if mark in WIDE_CLAUSE_MARKS:
            self._at = at + 1
            self._breaks.add(at + 1, clause=True)
            if self._first and self._wordy and self._first.is_wide_clause(text, at):
                self._cut(at + 1, sentence=False)
            return True
        if mark in STOPS or mark in ";:":
            return self._stop(at)
        return self._pair(mark, at)

    def _begin_code(self, block: CodeBlock | bool | None, at: int) -> bool:
        if not isinstance(block, CodeBlock):
            return False
        if not block.alone and at:
            self._cut(at)
            return True
        if block.alone and self._line and self._wordy and _ALNUM.search(self._text, 0, self._line):
            self._cut(self._line, line=0)
            return True
        self._code = block
        self._text = self._text[block.size :]
        return True

    def _skip(self, at: int, *, final: bool) -> bool:
        text = self._text
        end = markup_end(text, at, final=final)
        if end is None:
            return False
        tag = BLOCK_TAG.match(text, at, end) if text[at] == "<" else None
        if tag and self._wordy and not tag[1]:
            self._cut(at)
            return True
        self._at = max(end, at + 1)
        if (text[at] != "<" or _SAID_IN_BRACKETS.match(text, at, end)) and _ALNUM.search(text, at, end):
            self._wordy = self._begun = True
        elif tag and self._wordy:
            self._cut(end)
        return True

    def _newline(self, at: int, *, final: bool) -> bool:
        text = self._text
        if self._wordy:
            end = underline_end(text, at + 1, final=final)
            if end is None:
                return False
            self._cut(max(end, at + 1), line=0 if end <= at + 1 else None)
            return True
        self._at = self._line = at + 1
        return True

    def _between_words(self, at: int) -> bool:
        text = self._text
        if self._wordy:
            clause = at > 0 and text[at - 1] in CLAUSE_MARKS
            if self._first is not None:
                ends = self._first.ends_at(text, at, clause=clause)
                if ends is None:
                    return False
                if ends:
                    self._cut(at, sentence=False)
                    return True
            self._breaks.add(at, clause=clause)
        self._at = at + 1
        return True

    def _stop(self, at: int) -> bool:
        ends = SentenceEnds(self._text, at, self._pairs, self._line)
        verdict, end = ends.judge(wordy=self._wordy, lowercase=self._lowercase)
        if verdict is WAIT:
            return False
        if verdict is END:
            self._cut(end)
            return True
        assert verdict is GOES_ON
        self._pairs = ends.pairs
        self._at = end
        return True

    def _pair(self, mark: str, at: int) -> bool:
        text = self._text
        end = at + 1
        if mark in EMPHASIS:
            while end < len(text) and text[end] == mark and end < at + 20:
                end += 1
        if end == len(text):
            return False
        before = text[at - 1] if at else ""
        self._pairs.take(mark, before, text[end], at, within=self._begun)
        self._at = end
        return True
