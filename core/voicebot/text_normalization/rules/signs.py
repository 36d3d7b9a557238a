"""Signs between words and in sums, and characters that are not read at all: "+", "≤", "&", emoji."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import category, decomposition, normalize

from voicebot.text_normalization.lexicon import Lexicon
from voicebot.text_normalization.normalized_text import Change

_LETTERS_AND = re.compile(r"(?<![\w&])([A-Z]{1,3})&([A-Z]{1,3})(?![\w&])")
_NUMBER_SIGN = re.compile(r"(?<![\w&#])(?:#|№|[Nn](?:\.[°ºo]|[°º])\.?)\s?(?=\d)")
_ABOUT = re.compile(r"(?<!\w)(?:~\s?|(?<![\w)] )≈\s?)(?=[\d$€£.])")
_OVER = re.compile(r"(?<=\)) ?/ ?(?=[\w(])|(?<=\w) ?/ ?(?=\()|(?<=\b\w) / (?=\w\b)")
_SUBSCRIPT = re.compile("[₀-₉]")
_MINUS = re.compile(
    r"(?<=[=+×÷(] )[-−](?=[^\W\d_](?!\w))|(?<=\d)(\s?)[-−–](\s?)(?=\d{1,12}(?:[.,]\d{1,12})?\s?=)"
    r"|(?<=[\w)]) − (?=[\w(])"
)
_COMPARED = re.compile(r"(?<=[\w)])\s?(?:[<>!]=|={2,3}|[<>])\s?(?=[\w(−-])|(?<!\w)(?:[<>]=|==|[<>])\s?(?=\d)")
_TYPED = {">=": "≥", "<=": "≤", "!=": "≠", "==": "=", "===": "="}
"""Signs as they are typed in programs."""
_SLASH = re.compile(r"(?<=[^\W_])\s?/\s?(?=[^\W_])")
_UNDERSCORE = re.compile(r"(?<=[^\W_])_+(?=[^\W_])")
_STAR = re.compile(
    r"(?<=[\w)]) \*{1,2} (?=[\w(])|(?<=[\d)])\*{1,2}(?=[\d(a-z])|(?<=\b[a-zA-Z])\*(?=[a-zA-Z]\b)"
)
_SIGN = re.compile(r"§§|&&|[^\w\s.,;:!?'\"()\[\]{}*<>/_^@#~`|\\¿¡«»“”„‚‘’‹›—–…-]")
_OUTSIDE = frozenset("±+=×÷≤≥≠≈√∞%&§$€£¥°‰")
_SILENT = frozenset({"So", "Sk", "Cs", "Co", "Cn", "Cf", "Cc"})
_OPENING = frozenset("([{\"'“‘«¿¡")
_WORD_OR_NUMBER = re.compile(r"[^\W_]|\(|[-−+.$€£]\d")
_KEYCAP = "\u20e3"
_JOINERS = "\u200c\u200d"


def changes(text: str, lexicon: Lexicon) -> Iterator[Change]:
    """Yield signs in words, and a blank for pictures."""
    if lexicon.known:
        yield from _in_context(text, lexicon)
    for match in _SIGN.finditer(text):
        sign = match[0]
        said = lexicon.sign(sign) or lexicon.sign(sign[0])
        if said:
            yield Change(*match.span(), _spaced(text, match.start(), match.end(), said))
        elif decomposition(sign[0]) and category(sign[0]) == "So":  # a unit in one character
            yield Change(*match.span(), normalize("NFKC", sign))
        elif _is_silent(sign[0]):
            yield Change(*match.span(), _gap(text, match.start()))


def _in_context(text: str, lexicon: Lexicon) -> Iterator[Change]:
    """Yield signs that mean something between letters or figures only."""
    for match in _LETTERS_AND.finditer(text):
        known = lexicon.words.abbreviations.get(match[0].lower())
        first, second = (lexicon.spell_letters(match[group]) for group in (1, 2))
        yield Change(*match.span(), known[0] if known else f"{first} {lexicon.sign('&')} {second}")
    for match in _NUMBER_SIGN.finditer(text):
        yield Change(*match.span(), f"{lexicon.format('number_sign')} ")
    for match in _SUBSCRIPT.finditer(text):
        yield Change(*match.span(), chr(ord(match[0]) - ord("₀") + ord("0")))
    for pattern, sign in ((_ABOUT, "~"), (_OVER, "/"), (_MINUS, "−"), (_STAR, "*")):
        for match in pattern.finditer(text):
            yield Change(*match.span(), _spaced(text, *match.span(), lexicon.sign(sign)))
    for match in _COMPARED.finditer(text):
        typed = match[0].strip()
        said = lexicon.sign(_TYPED.get(typed, typed))
        if said:
            yield Change(*match.span(), _spaced(text, *match.span(), said))
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
    """Return what is said, with blanks towards what is not blank."""
    is_apart = not start or text[start - 1].isspace() or text[start - 1] in _OPENING
    before = "" if is_apart and not text[start].isspace() else " "
    follows_blank = text[end - 1].isspace()
    after = " " if end < len(text) and (follows_blank or _WORD_OR_NUMBER.match(text, end)) else ""
    return f"{before}{said}{after}"
