"""The words of a transcript, without what servers write for sounds that are none."""

from __future__ import annotations

import re

LONGEST = 100_000
"""Characters of a transcript; more than anybody says before a pause."""
# Whisper writes "[BLANK_AUDIO]", "(wind blowing)", "*coughs*" or notes for sounds that are not speech
_SOUND = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|\*[^*]+\*|[♪♫]+")


def words_in(text: object) -> str:
    """Return the words of a transcript, separated by single spaces."""
    if not isinstance(text, str):
        return ""
    return " ".join(_SOUND.sub(" ", text[:LONGEST]).split())


def extended(text: str, piece: object) -> str:
    """Return a transcript with its next piece; some servers send all of it again instead."""
    if not isinstance(piece, str):
        return text
    return (piece if text and piece.startswith(text) else text + piece)[:LONGEST]
