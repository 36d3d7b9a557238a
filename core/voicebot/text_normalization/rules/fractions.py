"""Fractions: "1/2", "2½ hours", "3/4 kg"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import numeric

from voicebot.text_normalization.lexicon import Lexicon, Number
from voicebot.text_normalization.normalized_text import Change, Changes

_WRITTEN = re.compile(r"(?<![\w.,/])(?:(\d{1,4})[ \u00a0-])?(\d{1,4})(?:[/⁄]| / )(\d{1,4})(?!\w|[./,]\d)")
_RATED = r"(?<![\w.,/])(<N>)/(5|10|100)(?!\w|[./,]\d)"
_CHARACTER = re.compile(r"(?<![\w.,])(\d{1,6} ?)?([¼½¾⅓⅔⅛⅜⅝⅞⅕⅖⅗⅘⅙⅚])")
_UNIT = re.compile(r"\s?([^\W\d_]{1,5}[²³]?|°[CF])(?!\w|['’]\w)")
_FIRST_YEAR, _LAST_OF_CENTURY = 1900, 99
_HIGHEST_STARS = 10
_RATINGS = frozenset({10, 100})


def changes(text: str, lexicon: Lexicon) -> Iterator[Changes]:
    """Yield fractions in words, with their units."""
    for match in _WRITTEN.finditer(text):
        whole, above, below = match[1], int(match[2]), int(match[3])
        said = _fraction(above, below, lexicon)
        is_mixed = bool(whole) and above < below and str(below) in lexicon.words.fractions
        if is_mixed:
            said = _mixed(whole, said, lexicon)
        start = match.start() if is_mixed else match.start(2)
        unit = _unit(text, match.end(), lexicon, is_mixed=is_mixed or above > below)
        yield Change(start, match.end(), said), *unit
    if lexicon.format("rating"):
        for match in lexicon.pattern(_RATED).finditer(text):
            number = lexicon.parse(match[1])
            if number.decimals:
                spoken = {"above": lexicon.spell_number(number), "below": lexicon.spell(match[2])}
                yield Change(*match.span(), lexicon.format("rating", **spoken))
    for match in _CHARACTER.finditer(text):
        said = _fraction(*_terms(match[2]), lexicon)
        whole = (match[1] or "").strip()
        unit = _unit(text, match.end(), lexicon, is_mixed=bool(whole))
        yield Change(*match.span(), _mixed(whole, said, lexicon) if whole else said), *unit


def _mixed(whole: str, fraction: str, lexicon: Lexicon) -> str:
    return lexicon.format("mixed", whole=lexicon.spell_for("mixed", whole), fraction=fraction)


def _fraction(above: int, below: int, lexicon: Lexicon) -> str:
    special = lexicon.words.abbreviations.get(f"{above}/{below}")
    if special:
        return special[0]
    forms = lexicon.words.fractions.get(str(below))
    if forms and 0 < above < below:
        return lexicon.count(Number(str(above)), forms)
    is_rating = (below in _RATINGS and above <= below) or above == 0 or above == below <= _HIGHEST_STARS
    if is_rating and lexicon.format("rating"):
        return lexicon.format("rating", above=lexicon.spell(above), below=lexicon.spell(below))
    if above == below or (above >= _FIRST_YEAR and below <= _LAST_OF_CENTURY):  # "50/50", "2020/21"
        return f"{lexicon.spell_for('year', above)} {lexicon.spell(below)}"
    return lexicon.format("fraction", above=lexicon.spell(above), below=lexicon.spell(below))


def _terms(character: str) -> tuple[int, int]:
    """Return numerator and denominator of a fraction that is one character."""
    value = numeric(character)
    below = next(below for below in (2, 3, 4, 5, 6, 8) if abs(value * below - round(value * below)) < 1e-9)
    return round(value * below), below


def _unit(text: str, end: int, lexicon: Lexicon, *, is_mixed: bool) -> Iterator[Change]:
    """Yield the unit after a fraction: "1/2 kg"."""
    unit = _UNIT.match(text, end)
    forms = lexicon.words.units.get(unit[1]) if unit else None
    if unit and forms and (len(unit[1]) == 1 or unit[1] not in lexicon.starters):
        yield Change(*unit.span(), f" {forms[-1] if is_mixed else lexicon.noun(forms)}")
