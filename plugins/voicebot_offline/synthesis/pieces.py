"""Pieces of a text, each short enough to be synthesized at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST_PIECE = 600
_STOPS = r"\u3002\uff01\uff1f\uff61\u061f\u06d4\u0964\u0965\u0589\u1362\u1367\u104b\u17d4\u17d5\u0f0d\u0f0e"
_SENTENCE_END = re.compile(
    rf"[.!?…]+[\"')\]]*\s+|\n+|[{_STOPS}]+[\"'\u201d\u2019\u300d\u300f\uff09\u00bb]*\s*"
)


def pieces(text: str) -> Iterator[tuple[int, str]]:
    """Cut a text into pieces of at most `LONGEST_PIECE` characters, with their offsets.

    Cut between sentences if possible, else between words, else anywhere.
    """
    first = 0
    while first < len(text):
        window = text[first : first + LONGEST_PIECE]
        end = len(window)
        if first + end < len(text):
            sentences = [match.end() for match in _SENTENCE_END.finditer(window)]
            end = sentences[-1] if sentences else window.rfind(" ") + 1 or end
        if window[:end].strip():
            yield first, window[:end]
        first += end
