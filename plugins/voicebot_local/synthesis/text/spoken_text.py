"""A text as the voice reads it, and which words of the original its words are.

piper takes what is between `[[` and `]]` as phonemes, and espeak-ng takes control characters as commands.
Neither belongs to a text that a model or a user wrote: the words in such brackets are read as words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from voicebot import normalize_text

_BRACKETS = re.compile(r"\[\[+|\]\]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_ELLIPSIS = re.compile(r"(?:\.{2,}|…)(?=\s+\S)")
_WORD = re.compile(r"\S+")
_BLOCK = 600
"""Characters after which the end of a sentence ends a block, so that a huge text is read bit by bit."""
_BLOCK_END = re.compile(r"\n|(?<=[^\W_]{2}[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the spoken text begins at `start` there; in the original it is at `offset`."""

    start: int
    end: int
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class SpokenText:
    """The text to speak, and its words in order; a word of the original is named once."""

    text: str
    words: tuple[Word, ...]


def blocks(text: str) -> Iterator[tuple[int, str]]:
    """Cut a text into blocks of some sentences, with their offsets."""
    start = 0
    while start < len(text):
        end = _BLOCK_END.search(text, start + _BLOCK)
        yield start, text[start : end.end() if end else len(text)]
        start = end.end() if end else len(text)


def spoken_text(original: str, language: str) -> SpokenText:
    """Return what to speak for a text in a language (a BCP 47 tag)."""
    read = normalize_text(_cleaned(original), language)
    text = _cleaned(read.text)
    written = [match.span() for match in _WORD.finditer(original)]
    words = []
    at = 0
    for match in _WORD.finditer(text):
        start, end = read.source(match.start(), match.end())
        while at < len(written) and written[at][1] <= start:
            at += 1
        if at < len(written) and written[at][0] < max(end, start + 1):
            offset, after = written[at]
            words.append(Word(match.start(), match.end(), offset, after - offset))
            at += 1
    return SpokenText(text, tuple(words))


def _cleaned(text: str) -> str:
    """Return the text with spaces instead of what must not reach the front end, of the same length."""
    text = _BRACKETS.sub(_spaces, text)
    text = _CONTROL.sub(" ", text)
    return _ELLIPSIS.sub(_comma, text)


def _spaces(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _comma(match: re.Match[str]) -> str:
    """Return a pause: espeak-ng makes none of dots in the middle of a sentence."""
    return ",".ljust(len(match[0]))
