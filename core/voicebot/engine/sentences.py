"""Cutting a reply into units to speak, while the model still writes it: pure text in, pure text out.

A sentence is cut as soon as its end is certain, without waiting for the next token where the
punctuation cannot mean anything else: one token of look-ahead costs as long as the model takes for it.
"""

from __future__ import annotations

import re

_LONGEST = 300
_SHORT_WORDS = 6
_SHORT_WORDS_MOST = 9
_CLAUSE_WORDS = 3
_CLAUSE_CHARACTERS = 4  # for scripts that put no spaces between words

_CLOSERS = "\"'\u201d\u2019)]}»*_`」』）"
_FULL_STOPS = "!?…\u3002！？\u061f\u06d4\u0964\u0965"
_MAY_END = re.compile(rf"[\n.{_FULL_STOPS}]")
_CLAUSE_MARKS = ",;:—–"
_WIDE_CLAUSE_MARKS = "、，；："
_WIDE_CLAUSE_MARK = re.compile(rf"[{_WIDE_CLAUSE_MARKS}]")
_NEVER_ENDS = frozenset(
    "mr mrs ms dr prof st mt rev gen col capt lt sgt hon sr jr vs no nr vol fig approx dept est "
    "www e.g i.e z.b d.h u.a bzw ca cf evtl mme mlle".split()
)
_SELDOM_ENDS = frozenset(
    "etc inc ltd co corp a.m p.m u.s u.k usw jan feb mar apr jun jul aug sept oct nov dec".split()
)
_WHOLE_WORD = re.compile(r"\S+(?=\s)")
_MARKUP = re.compile(r"[`|#]")
_LEANING = frozenset(
    "a an the of to in on at for with from by and or but my your his her its our their this that is are was "
    "were be been as if not no very so i you he she it we they will would can could should".split()
)


class SentenceCutter:
    """Takes a reply as it is written and gives it back in units to speak.

    Args:
        short_first: give the first unit as soon as it is a clause, or a handful of words.
    """

    def __init__(self, *, short_first: bool = True) -> None:
        self._short_first = short_first
        self._buffer = ""
        self._scanned = 0
        self._just_cut = False

    def feed(self, text: str) -> list[str]:
        """Take the next piece of text; return the units that it completes."""
        self._buffer += text
        if self._just_cut:
            self._buffer = self._buffer.lstrip(_CLOSERS + _FULL_STOPS + ".")
            self._just_cut = not self._buffer
        units: list[str] = []
        while (end := self._next_cut()) is not None:
            self._cut(end, units)
        return units

    def flush(self) -> list[str]:
        """Return the rest, the reply being over."""
        units: list[str] = []
        self._cut(len(self._buffer), units)
        return units

    def _cut(self, end: int, units: list[str]) -> None:
        unit = self._buffer[:end].strip()
        self._buffer = self._buffer[end:]
        self._scanned = 0
        self._just_cut = not self._buffer
        if unit:
            units.append(unit)
            self._short_first = False

    def _next_cut(self) -> int | None:
        text = self._buffer
        for match in _MAY_END.finditer(text, self._scanned):
            mark, index = match.group(), match.start()
            if mark == "\n":
                return index + 1
            if mark in _FULL_STOPS and not _in_address(text, index):
                return _after_closers(text, index + 1)
            if mark in ".!?":
                ends = _full_stop_ends(text, index)
                if ends is None:  # the next character will tell
                    self._scanned = index
                    return self._early_cut()
                if ends:
                    return _after_closers(text, index + 1)
        self._scanned = len(text)
        return self._early_cut()

    def _early_cut(self) -> int | None:
        if self._short_first and (end := _first_clause(self._buffer)):
            return end
        if len(self._buffer) > _LONGEST:
            return _best_break(self._buffer)
        return None


def _after_closers(text: str, end: int) -> int:
    while end < len(text) and text[end] in _CLOSERS + _FULL_STOPS + ".":
        end += 1
    return end


def _in_address(text: str, index: int) -> bool:
    """Say whether the mark at `index` may belong to an address, as in https://a.b/?c=d."""
    return text[index] in "!?" and "://" in text[:index].rpartition(" ")[2]


def _full_stop_ends(text: str, index: int) -> bool | None:
    """Say whether the full stop at `index` ends a sentence; None while that cannot be known."""
    before = text[:index]
    word = re.split(r"[\s(\[\"'\u201c\u2018]", before)[-1]
    following = text[index + 1 : index + 3]
    lowered = word.lower()
    if lowered in _NEVER_ENDS or (len(word) == 1 and word.isalpha() and word.isupper() and word != "I"):
        return False
    if word.isdigit() and before.rpartition("\n")[2].strip() == word:
        return False  # a list's number
    certain = word.isalpha() and len(word) > 1 and lowered not in _SELDOM_ENDS
    if not following:
        return True if certain else None
    if following[0] in _CLOSERS + ".!?":
        return True
    if not following[0].isspace():
        return False  # a decimal, a host name, a file name
    if lowered in _SELDOM_ENDS:
        return None if len(following) < 2 else following[1].isupper()
    return True


def _first_clause(text: str) -> int | None:
    """Find where the reply can first be cut: after a clause, or between words once there are a few."""
    start = len(text) - len(text.lstrip())
    for words, match in enumerate(_WHOLE_WORD.finditer(text), start=1):
        word = match.group()
        if word[-1] in _CLAUSE_MARKS and words >= _CLAUSE_WORDS:
            return match.end()
        leans = word.lower() in _LEANING and words < _SHORT_WORDS_MOST
        if words >= _SHORT_WORDS and not leans and not _MARKUP.match(text, start):
            return match.end()
    wide = _WIDE_CLAUSE_MARK.search(text, start + _CLAUSE_CHARACTERS)
    return wide.end() if wide else None


def _best_break(text: str) -> int:
    """Cut an overlong sentence at its last clause, or word, or wherever it must be."""
    head = text[:_LONGEST]
    for marks in (_CLAUSE_MARKS + _WIDE_CLAUSE_MARKS, " \t"):
        cut = max(head.rfind(mark) for mark in marks)
        if cut > _LONGEST // 4:
            return cut + 1
    return _LONGEST
