"""Numbers, dates, abbreviations and addresses as words, where voicebot can write them so."""

from __future__ import annotations

from typing import Protocol

import voicebot


class Normalized(Protocol):
    """A text as it is to be spoken."""

    @property
    def text(self) -> str:
        """The text to speak."""

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Return the range of the original that a range of the text came from."""


class _Unchanged:
    def __init__(self, text: str) -> None:
        self.text = text

    def source(self, start: int, end: int) -> tuple[int, int]:
        return start, end


def normalized(text: str, language: str) -> Normalized:
    """Return a text in a language (a BCP 47 tag) as it is to be spoken."""
    normalize = getattr(voicebot, "normalize_text", None)
    result: Normalized = _Unchanged(text) if normalize is None else normalize(text, language)
    return result
