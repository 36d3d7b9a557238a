"""Phone numbers and other long rows of digits, which are read digit by digit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicebot.text_normalization.lexicon import Lexicon
from voicebot.text_normalization.normalized_text import Change
from voicebot.text_normalization.spelling import LONGEST_NUMBER

_SEPARATOR = "[ \u00a0./-]|[ \u00a0]?[-–][ \u00a0]?"
_PATTERNS = tuple(
    re.compile(rf"(?<![\w.,$€£#])(?<!\d[-–/ \u00a0]){pattern}(?!\w|[-–/.,]\d|\s?[%€$£°])")
    for pattern in (
        rf"(?:\+|00)[1-9]\d{{0,2}}(?:{_SEPARATOR})?(?:\(\d{{1,5}}\)(?:{_SEPARATOR})?)?"
        rf"\d{{1,12}}(?:(?:{_SEPARATOR})\d{{1,8}}){{0,6}}",
        r"(?:1[-. ])?\(\d{3}\)[ -]?\d{3}[-. ]\d{4}",
        r"(?:1[-. ])?\d{3}[-.]\d{3}[-.]\d{4}",
        r"1-[89]\d\d(?:(?:-\d{1,4}){1,2}|(?=-[A-Z]))",
        r"\d{3}[-–]\d{4}",
        r"\d{5}-\d{4}",
        r"\(?0\d{1,5}\)?(?:[ /-]|[ ][/-][ ])\d{2,8}(?:[ -]\d{1,5}){0,4}",
        r"0\d(?:[ .]\d\d){4}",
        r"\d{4}(?:[ -]\d{4}){2,3}(?:[ -]\d{1,4})?",
        r"\d{2,4}(?: \d{2,4}){2,5}",
        r"\d{3} \d{6,7}",
        r"\d{1,2}(?:-\d){2,4}",
        r"\d{1,5}(?:-\d{1,7}){2,5}(?:-[\dX])?",
        rf"\d{{{LONGEST_NUMBER + 1},60}}",
    )
)
_AFTER_WORD = re.compile(
    r"(?<!\w)([^\W\d_]{2,20})[.:]? ((?:\d{3,12}|\d{2,4}(?: \d{2,4}){1,4}))(?!\w|[.,:/-]\d|\s?[%€$£°])"
)
_GROUPS = re.compile(r"\d+|X")
_FEWEST_WITH_PLUS = 7
_FEWEST_WITH_BLANKS = 9


def changes(text: str, lexicon: Lexicon) -> Iterator[Change]:
    """Yield numbers that are read digit by digit, with a pause between their groups."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            written = match[0]
            digits = sum(map(str.isdecimal, written))
            is_short = digits < (_FEWEST_WITH_PLUS if written[0] == "+" else _FEWEST_WITH_BLANKS)
            if (written[0] == "+" or " " in written) and is_short:
                continue
            if lexicon.pattern("<N>").fullmatch(written) and digits <= LONGEST_NUMBER:
                continue
            yield Change(*match.span(), _said(written, lexicon))
    for match in _AFTER_WORD.finditer(text):
        if match[1].lower() in lexicon.words.before_phone_numbers:
            yield Change(*match.span(2), _said(match[2], lexicon))


def _said(written: str, lexicon: Lexicon) -> str:
    plus = f"{lexicon.sign('+')} " if written.startswith("+") else ""
    groups = (_group(digits, lexicon) for digits in _GROUPS.findall(written))
    return plus + ", ".join(groups)


def _group(digits: str, lexicon: Lexicon) -> str:
    if not digits.isdecimal():
        return digits
    in_pairs = lexicon.format("phone_digits") == "pairs" and len(digits) == 2 and digits[0] != "0"
    return lexicon.spell(digits) if in_pairs else lexicon.spell_digits(digits)
