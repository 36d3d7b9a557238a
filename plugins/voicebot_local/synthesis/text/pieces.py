"""Where a text is cut into the pieces that are spoken one after another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

LONGEST = 120
"""Characters of the longest piece; the encoder's memory and time grow with it."""
FIRST = 60
"""Characters of the first piece, if it has a clause that ends by then: it is waited for."""
_SHORTEST = 12
"""Characters that are worth a piece of their own."""
_STOPS = r"\u3002\uff01\uff1f\uff61\u061f\u06d4\u0964\u0965\u0589\u1362\u1367\u104b\u17d4\u17d5\u0f0d\u0f0e"
_SENTENCE_END = re.compile(
    rf"[.!?…]+[\"')\]\u201d\u2019\u00bb]*\s+|\n\s*|[{_STOPS}]+[\"'\u201d\u2019\u300d\u300f\uff09\u00bb]*\s*"
)
_CLAUSE_END = re.compile(
    r"[,;:][\"')\]\u201d\u2019]*\s+|\s+[\u2013\u2014-]+\s+|[\u3001\uff0c\uff1b\uff1a\u060c\u061b]\s*"
)
_BLANK = re.compile(r"\s+")
Boundary = Literal["sentence", "clause", "word"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text, from `start` to `end`, and what ends there."""

    start: int
    end: int
    boundary: Boundary


def pieces(text: str, *, short_first: bool = True) -> Iterator[Piece]:
    """Cut a text between sentences, and where one is too long, between clauses or else words.

    Args:
        short_first: whether the first piece is waited for.
    """
    start = 0
    first = short_first
    for end in _sentence_ends(text):
        while start < end:
            cut, boundary = _cut(text, start, end, first=first)
            if any(map(str.isalnum, text[start:cut])):
                yield Piece(start, cut, boundary)
                first = False
            start = cut


def _sentence_ends(text: str) -> Iterator[int]:
    for match in _SENTENCE_END.finditer(text):
        if not _abbreviates(text, match):
            yield match.end()
    yield len(text)


def _abbreviates(text: str, stop: re.Match[str]) -> bool:
    """Return whether a full stop follows an initial ("J. Smith"), or something goes on in lower case."""
    if stop[0].isspace():
        return False
    initial = text[max(0, stop.start() - 2) : stop.start()]
    return text[stop.end() : stop.end() + 1].islower() or (
        stop[0].startswith(".") and initial[-1:].isalpha() and not initial[:-1].isalnum()
    )


def _cut(text: str, start: int, end: int, *, first: bool) -> tuple[int, Boundary]:
    """Return where the piece that begins at `start` ends, at the latest at `end`, where a sentence does."""
    if end - start <= (FIRST if first else LONGEST):
        return end, "sentence"
    clauses = [
        match.end()
        for match in _CLAUSE_END.finditer(text, start, min(end, start + LONGEST))
        if match.end() - start >= _SHORTEST and end - match.end() >= _SHORTEST
    ]
    early = [clause for clause in clauses if clause - start <= FIRST]
    if first and early:
        return early[-1], "clause"
    if end - start <= LONGEST:
        return end, "sentence"
    if clauses:
        return clauses[-1], "clause"
    latest = min(start + LONGEST, end - _SHORTEST)
    words = [match.end() for match in _BLANK.finditer(text, start, latest)]
    return (words[-1] if words and words[-1] > start else start + LONGEST), "word"
