"""Two numbers with a sign between them: fractions, ranges, ratios, scores, dimensions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import numeric

from voicebot.text_normalization.lexicon import Lexicon, Number
from voicebot.text_normalization.normalized_text import Change
from voicebot.text_normalization.rules.measures import per_unit

_FRACTION = re.compile(r"(?<![\w.,/])(?:(\d{1,4})[ \u00a0-])?(\d{1,4})[/⁄](\d{1,4})(?!\w|[./,]\d)")
_VULGAR = re.compile("(?<![\\w.,])(\\d{1,6} ?)?([¼½¾⅓⅔⅛⅜⅝⅞⅕⅖⅗⅘⅙⅚])")
_DASH = re.compile(
    r"(?<=[\d%°])(?:[-–—]|[ \u00a0][–—][ \u00a0])(?=[$€£¥+−]?\d)(?!\d{1,9}(?:[.,]\d{1,9})?\s?=)"
    r"|(?<=\w)\s?[-–]\s?(?=[$€£]\d)"
    r"|(?:(?<=\d[^\W\d_])|(?<=\d[^\W\d_]{2})|(?<=\d [^\W\d_])|(?<=\d [^\W\d_]{2}))[-–](?=\d)"
)
_RATIO = re.compile(r"(?<![\w:.,])(\d{1,3}):(\d{1,3})(?![\w:]|[.,]\d)")
_SCORE = re.compile(r"(?<![\w.,/:–-])(\d{1,3})[-–](\d{1,3})(?![\w/:–-]|[.,]\d|\s?[%°=$€£])")
_BY = re.compile(r"(?<=\d)(\s?)[x×](\s?)(?=\d)(?!\d{1,9}\s?[=+×])")
_POWER = re.compile(r"(?<=[\w)])(?:\^\{?([-−]?\d{1,4}|[a-zA-Z])\}?|([²³¹⁰⁴-⁹]{1,4}))")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SQUARE, _CUBE = "2", "3"
_TIMES = r"(?<![\w.,])(<N>)[x×](?!\w)"
_HIGHEST_SCORE = 30


def changes(text: str, lexicon: Lexicon) -> Iterator[Change]:
    """Yield fractions, ranges, ratios, scores and dimensions in words."""
    if not lexicon.known:
        return
    yield from _fractions(text, lexicon)
    for match in _RATIO.finditer(text):
        first, second = (lexicon.spell(int(match[group])) for group in (1, 2))
        yield Change(*match.span(), lexicon.format("ratio", first=first, second=second))
    for match in _SCORE.finditer(text):
        if int(match[2]) <= int(match[1]) <= _HIGHEST_SCORE:
            first, second = (lexicon.spell(int(match[group])) for group in (1, 2))
            yield Change(*match.span(), lexicon.format("score", first=first, second=second))
    for match in _DASH.finditer(text):
        yield Change(*match.span(), f" {lexicon.format('to')} ")
    for match in _POWER.finditer(text):
        yield Change(*match.span(), f" {_power(match[1] or match[2].translate(_SUPERSCRIPTS), lexicon)}")
    for match in _BY.finditer(text):
        yield Change(*match.span(), f" {lexicon.format('by')} ")
    times = lexicon.words.multipliers.get("x")
    if times:
        for match in lexicon.pattern(_TIMES).finditer(text):
            yield Change(*match.span(), lexicon.count(lexicon.parse(match[1]), times))
            yield from per_unit(text, match.end(), lexicon)


def _fractions(text: str, lexicon: Lexicon) -> Iterator[Change]:
    for match in _FRACTION.finditer(text):
        whole, above, below = match[1], int(match[2]), int(match[3])
        said = _fraction(above, below, lexicon)
        if whole and above < below and str(below) in lexicon.words.fractions:
            yield Change(
                *match.span(), lexicon.format("mixed", whole=lexicon.spell_for("mixed", whole), fraction=said)
            )
        else:
            yield Change(match.start(2), match.end(), said)
    for match in _VULGAR.finditer(text):
        said = _fraction(*_terms(match[2]), lexicon)
        if match[1]:
            whole = lexicon.spell_for("mixed", match[1].strip())
            said = lexicon.format("mixed", whole=whole, fraction=said)
        yield Change(*match.span(), said)


def _fraction(above: int, below: int, lexicon: Lexicon) -> str:
    special = lexicon.words.abbreviations.get(f"{above}/{below}")
    if special:
        return special[0]
    forms = lexicon.words.fractions.get(str(below))
    if forms and above < below:
        return lexicon.count(Number(str(above)), forms)
    return lexicon.format("fraction", above=lexicon.spell(above), below=lexicon.spell(below))


def _terms(character: str) -> tuple[int, int]:
    """Return numerator and denominator of a fraction that is one character."""
    value = numeric(character)
    below = next(below for below in (2, 3, 4, 5, 6, 8) if abs(value * below - round(value * below)) < 1e-9)
    return round(value * below), below


def _power(exponent: str, lexicon: Lexicon) -> str:
    if exponent in {_SQUARE, _CUBE}:
        return lexicon.format("squared" if exponent == _SQUARE else "cubed")
    digits = exponent.lstrip("-−")
    spelled = lexicon.spell(digits) if digits.isdigit() else digits
    return lexicon.format(
        "power", exponent=f"{lexicon.sign('−')} {spelled}" if digits != exponent else spelled
    )
