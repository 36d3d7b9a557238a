"""The words of a transcript, without what servers write for sounds that are none."""

from __future__ import annotations

import re

LONGEST = 20_000
"""Characters of a transcript; more than anybody says before a pause."""
# Whisper writes "[BLANK_AUDIO]", "*coughs*" or notes for sounds that are not speech
_SOUND = re.compile(r"\[[^\[\]\d]*\]|\*[^*\d]+\*|[♪♫]+")
# it writes "(wind blowing)" too, but parentheses can also be around words, or the "(555)" of a number
_ONLY_SOUNDS = re.compile(r"\s*(\([^()\d]*\)[\s.]*)*")


def words_in(text: object) -> str:
    """Return the words of a transcript, separated by single spaces."""
    if not isinstance(text, str):
        return ""
    words = _SOUND.sub(" ", text[:LONGEST])
    return "" if _ONLY_SOUNDS.fullmatch(words) else " ".join(words.split())


def extended(text: str, piece: object) -> str:
    """Return a transcript with its next piece; some servers send all of it again instead."""
    if not isinstance(piece, str):
        return text
    return (piece if _is_all_again(text, piece) else text + piece)[:LONGEST]


def _is_all_again(text: str, piece: str) -> bool:
    """Return whether a piece is the transcript so far with more words, not words that are said again."""
    if not text.strip() or not piece.startswith(text):
        return False
    if not (piece[0].isspace() or text[-1].isspace()):
        return True  # the next word would begin with a space
    more = piece[len(text) :]
    return more != "" and (text[-1].isspace() or not more[0].isalnum())
