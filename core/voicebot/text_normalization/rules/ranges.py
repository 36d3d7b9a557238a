"""Numbers with a sign between them: ranges, ratios, scores, dimensions, powers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicebot.text_normalization.lexicon import Lexicon
from voicebot.text_normalization.normalized_text import Change, Changes
from voicebot.text_normalization.rules.measures import per_unit

_DASH = re.compile(
    r"(?<=[\d%°])(?<![^\W\d_]\d)(?<![^\W\d_]\d\d)(?<![^\W\d_]\d{3})"
    r"(?:[-–—]|[ \u00a0][–—][ \u00a0])(?=[$€£¥+−]?\d)(?!\d{1,9}(?:[.,]\d{1,9})?\s?=)"
    r"|(?<=\w)\s?[-–]\s?(?=[$€£]\d)"
    r"|(?:(?<=\d[^\W\d_])|(?<=\d[^\W\d_]{2})|(?<=\d [^\W\d_])|(?<=\d [^\W\d_]{2}))[-–](?=\d)"
    r"|(?:(?<=[ap]\.m\.)\s?[-–]\s?|(?<=[^\W\d_])–)(?=\d)"
)
_RATIO = re.compile(r"(?<![\w:.,])(\d{1,3}):(\d{1,3})(?![\w:]|[.,]\d)")
_SCORE = re.compile(r"(?<![\w.,/:–-])(\d{1,3})[-–](\d{1,3})(?![\w/:–-]|[.,]\d|\s?[%°=$€£])")
_SCIENTIFIC = r"(?<![\w.,])(<N>)[eE]([-−+]?\d{1,3})(?!\w|[.,]\d)"
_SIZE = (
    r"(?<![\w.,])(<N>)[x×](<N>)(?:[x×](<N>))?(?![.,]\d|\^|\s?[=+×])"
    r"(?:( ?)([^\W\d_]{1,3})(?!\w|['’]\w)|(?!\w))"
)
_BY = re.compile(r"(?<=[a-z'\"²]) x (?=\d)|(?<=\d)(\s?)[x×](\s?)(?=\d)(?!\d{1,9}\s?[=+×]|10[⁻⁰¹²³⁴-⁹^])")
_POWER = re.compile(r"(?<=[\w)])(?:\^\{?([-−]?\d{1,4}|[a-zA-Z])\}?|(⁻?[²³¹⁰⁴-⁹]{1,4}))")
_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_SQUARE, _CUBE = "2", "3"
_TIMES = r"(?<![\w.,])(<N>)[x×](?!\w|\s?[-+=*^×])"
_HIGHEST_SCORE = 30
_LONGEST_TIE = 9
"""The highest score at which a tie is likely: "50-50" is none."""


def changes(text: str, lexicon: Lexicon) -> Iterator[Changes]:
    """Yield ranges, ratios, scores, dimensions and powers in words."""
    for match in lexicon.pattern(_SCIENTIFIC).finditer(text):
        number = lexicon.spell_number(lexicon.parse(match[1]))
        power = _power(match[2].lstrip("+"), lexicon)
        yield Change(*match.span(), f"{number} {lexicon.sign('×')} {lexicon.spell(10)} {power}")
    for match in lexicon.pattern(_SIZE).finditer(text):
        unit = lexicon.words.units.get(match[5] or "")
        if match[5] and not match[4] and (not unit or match[5] == "s"):
            continue  # "4x4s"
        by = f" {lexicon.format('by')} "
        sizes = (lexicon.spell_number(lexicon.parse(size)) for size in match.groups()[:3] if size)
        yield Change(match.start(), match.end(3) if match[3] else match.end(2), by.join(sizes))
        if unit:
            yield Change(*match.span(5), unit[-1] if match[4] else f" {unit[-1]}")
    for match in _RATIO.finditer(text):
        first, second = (lexicon.spell(int(match[group])) for group in (1, 2))
        yield Change(*match.span(), lexicon.format("ratio", first=first, second=second))
    for match in _SCORE.finditer(text):
        if int(match[2]) <= int(match[1]) <= _HIGHEST_SCORE or match[1] == match[2]:
            known = lexicon.words.abbreviations.get(match[0])
            first, second = (lexicon.spell(int(match[group])) for group in (1, 2))
            is_half = first == second and int(match[1]) > _LONGEST_TIE
            said = f"{first} {second}" if is_half else lexicon.format("score", first=first, second=second)
            yield Change(*match.span(), known[0] if known else said)
    for match in _DASH.finditer(text):
        yield Change(*match.span(), f" {lexicon.format('to')} ")
    for match in _POWER.finditer(text):
        yield Change(*match.span(), f" {_power(match[1] or match[2].translate(_SUPERSCRIPTS), lexicon)}")
    for match in _BY.finditer(text):
        yield Change(*match.span(), f" {lexicon.format('by')} ")
    times = lexicon.words.multipliers.get("x")
    if times:
        for match in lexicon.pattern(_TIMES).finditer(text):
            multiple = Change(*match.span(), lexicon.count(lexicon.parse(match[1]), times))
            yield multiple, *per_unit(text, match.end(), lexicon)


def _power(exponent: str, lexicon: Lexicon) -> str:
    if exponent in {_SQUARE, _CUBE}:
        return lexicon.format("squared" if exponent == _SQUARE else "cubed")
    digits = exponent.lstrip("-−")
    spelled = lexicon.spell(digits) if digits.isdecimal() else digits
    return lexicon.format(
        "power", exponent=f"{lexicon.sign('−')} {spelled}" if digits != exponent else spelled
    )
