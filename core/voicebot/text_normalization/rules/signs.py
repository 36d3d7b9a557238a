"""Signs between words and in sums, and characters that are not read at all: "+", "≤", "&", emoji."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import category

from voicebot.text_normalization.lexicon import Lexicon
from voicebot.text_normalization.normalized_text import Change

_LETTERS_AND = re.compile(r"(?<![\w&])([A-Z]{1,3})&([A-Z]{1,3})(?![\w&])")
_NUMBER_SIGN = re.compile(r"(?<![\w&#])(?:#|№|[Nn]\.?[°ºo]\.?)\s?(?=\d)")
_ABOUT = re.compile(r"(?<!\w)[~≈]\s?(?=[\d$€£.])")
_MINUS = re.compile(r"(?<=\d)(\s?)[-−–](\s?)(?=\d{1,12}(?:[.,]\d{1,12})?\s?=)|(?<=[\w)]) − (?=[\w(])")
_COMPARED = re.compile(r"(?<=[\w)])(\s?)([<>])(\s?)(?=[\w(−-])|(?<!\w)([<>])(\s?)(?=\d)")
_SLASH = re.compile(r"(?<=[^\W_])\s?/\s?(?=[^\W_])")
_UNDERSCORE = re.compile(r"(?<=[^\W_])_+(?=[^\W_])")
_STAR = re.compile(r"(?<=[\w)])(\s?)\*{1,2}(\s?)(?=[\w(])")
_SIGN = re.compile(r"[^\w\s.,;:!?'\"()\[\]{}*<>/_^@#~`|\\¿¡«»“”„‚‘’‹›—–…-]")
_OUTSIDE = frozenset("±+=×÷≤≥≠≈√∞%&§$€£¥°‰")
_SILENT = frozenset({"So", "Sk", "Cs", "Co", "Cn", "Cf", "Cc"})
_KEYCAP = "\u20e3"
_JOINERS = "\u200c\u200d"


def changes(text: str, lexicon: Lexicon) -> Iterator[Change]:
    """Yield signs in words, and a blank for pictures."""
    if lexicon.known:
        yield from _in_context(text, lexicon)
    for match in _SIGN.finditer(text):
        sign = match[0]
        said = lexicon.sign(sign)
        if said:
            yield Change(*match.span(), _spaced(text, match.start(), match.end(), said))
        elif _is_silent(sign):
            yield Change(*match.span(), _gap(text, match.start()))


def _in_context(text: str, lexicon: Lexicon) -> Iterator[Change]:
    sign = lexicon.sign
    for match in _LETTERS_AND.finditer(text):
        first, second = (" ".join(match[group]) for group in (1, 2))
        yield Change(*match.span(), f"{first} {sign('&')} {second}")
    for match in _NUMBER_SIGN.finditer(text):
        yield Change(*match.span(), f"{lexicon.format('number_sign')} ")
    for match in _ABOUT.finditer(text):
        yield Change(*match.span(), f"{sign('~')} ")
    for match in _MINUS.finditer(text):
        yield Change(*match.span(), f" {sign('−')} ")
    for match in _COMPARED.finditer(text):
        said = sign(match[2] or match[4])
        if said:
            yield Change(*match.span(), f" {said} " if match[2] else f"{said} ")
    if sign("*"):
        for match in _STAR.finditer(text):
            yield Change(*match.span(), f" {sign('*')} ")
    for pattern in (_SLASH, _UNDERSCORE):
        for match in pattern.finditer(text):
            yield Change(*match.span(), " ")


def _is_silent(sign: str) -> bool:
    """Return whether a character is a picture, a control character or what changes how others look."""
    if "\ufe00" <= sign <= "\ufe0f" or sign == _KEYCAP:
        return True
    return category(sign) in _SILENT and sign not in _JOINERS and sign not in _OUTSIDE


def _gap(text: str, index: int) -> str:
    """Return a blank, if what is removed separates words."""
    separates = text[max(0, index - 1) : index].isalnum() and not text[index + 1 : index + 2].isspace()
    return " " if separates else ""


def _spaced(text: str, start: int, end: int, said: str) -> str:
    """Return what is said, with blanks towards letters and digits."""
    before = " " if start and not text[start - 1].isspace() else ""
    after = " " if end < len(text) and (text[end].isalnum()) else ""
    return f"{before}{said}{after}"
