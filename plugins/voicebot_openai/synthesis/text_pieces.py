"""Cutting a text into pieces that one request may hold."""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_BYTES = 4000
"""UTF-8. A request may hold 4,096 characters, and 2,000 tokens with `gpt-4o-mini-tts`: about four letters, or
one Chinese character of three bytes, are a token."""
_ENDS = (re.compile(r"[.!?。！？…]+[\"'”’)\]]*\s*|\n+"), re.compile(r"[,;:，、；：]\s*"), re.compile(r"\s+"))
"""Where to cut, best first."""
_SENTENCE_END = re.compile(r"[.!?。！？…][\"'”’)\]]*\s*$")
_WORD = re.compile(r"\w")


def text_pieces(text: str, most_bytes: int = MOST_BYTES) -> Iterator[str]:
    """Yield a text in pieces, cut between sentences if possible, without those that hold no word."""
    text = text.encode("utf-8", "replace").decode()  # half of a surrogate pair cannot be sent
    while text:
        piece, text = _cut(text, most_bytes)
        if _WORD.search(piece):
            yield piece


def ends_sentence(text: str) -> bool:
    """Return whether a text ends a sentence."""
    return _SENTENCE_END.search(text) is not None


def _cut(text: str, most_bytes: int) -> tuple[str, str]:
    encoded = text.encode()
    if len(encoded) <= most_bytes:
        return text, ""
    fits = encoded[:most_bytes].decode("utf-8", "ignore")
    for end in _ENDS:
        places = [found.end() for found in end.finditer(fits)]
        if places and places[-1] > len(fits) // 2:
            return text[: places[-1]], text[places[-1] :]
    return text[: len(fits)], text[len(fits) :]
