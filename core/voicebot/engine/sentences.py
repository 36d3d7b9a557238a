"""Cutting a reply into units to speak, while the model still writes it: pure text in, pure text out.

A sentence is cut as soon as its end is certain, without waiting for the next token where the
punctuation cannot mean anything else: one token of look-ahead costs as long as the model takes for it. So
closing quotes and brackets come too late for their sentence and are dropped, however the text is split.

No library does this: those that split sentences want the whole text, and wait for the next word.
"""

from __future__ import annotations

import re

from voicebot.engine.breaks import LONGEST, best_break, first_clause, in_address, in_markup
from voicebot.engine.fullstops import full_stop_ends

_CLOSERS = "\"'\u201c\u201d\u2018\u2019)]}»«*_`~」』）”’"
_FULL_STOPS = "!?…‼⁇⁈⁉\u3002｡！？\u061f\u06d4\u0964\u0965\u0589\u1362\u1367\u104b\u17d4"
_MAY_END = re.compile(rf"[\n.{_FULL_STOPS}]")
_VIEW = LONGEST + 40
"""Characters that are looked at for the end of one unit: what follows a full stop may tell what it means."""


class SentenceCutter:
    """Takes a reply as it is written and gives it back in units to speak.

    Args:
        short_first: give the first unit as soon as it is a clause, or a handful of words.
    """

    def __init__(self, *, short_first: bool = True) -> None:
        self._short_first = short_first
        self._buffer = ""
        self._scanned = 0
        self._closing = False

    def feed(self, text: str) -> list[str]:
        """Take the next piece of text; return the units that it completes."""
        self._buffer += text
        units: list[str] = []
        self._drop_closers()
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
        self._closing = self._buffer[end - 1 : end] in {".", *_FULL_STOPS}
        self._buffer = self._buffer[end:]
        self._scanned = 0
        self._drop_closers()
        if unit:
            units.append(unit)
            self._short_first = False

    def _drop_closers(self) -> None:
        """Drop what closes the sentence that was just cut, as far as it has come."""
        if self._closing:
            self._buffer = self._buffer.lstrip(_CLOSERS + _FULL_STOPS + ".")
            self._closing = not self._buffer

    def _next_cut(self) -> int | None:
        text = self._buffer
        for match in _MAY_END.finditer(text, self._scanned, LONGEST):
            index = match.start()
            ends = _ends(text[:_VIEW], index)
            if ends:
                return index + 1
            if ends is None and len(text) < _VIEW:  # the next characters will tell
                self._scanned = index
                return self._first_clause()
        self._scanned = min(len(text), LONGEST)
        if end := self._first_clause():
            return end
        return best_break(text) if len(text) >= _VIEW else None

    def _first_clause(self) -> int | None:
        return first_clause(self._buffer) if self._short_first else None


def _ends(text: str, index: int) -> bool | None:
    """Say whether the mark at `index` ends a unit; None while that cannot be known."""
    mark = text[index]
    if mark == "\n":
        return True
    if in_markup(text, index):
        return False
    if mark == ".":
        return full_stop_ends(text, index)
    if mark in "!?" and in_address(text, index):  # as in https://a.b/?c=d
        following = text[index + 1 : index + 2]
        return following.isspace() if following else None
    return True
