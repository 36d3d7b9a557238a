"""The rules in the order of their precedence: what one has read is not read again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from voicebot.text_normalization.lexicon import Lexicon
from voicebot.text_normalization.normalized_text import Changes
from voicebot.text_normalization.rules import (
    abbreviations,
    addresses,
    dates,
    fractions,
    measures,
    money,
    numbers,
    ordinals,
    phone_numbers,
    ranges,
    roman_numerals,
    signs,
    times,
)

Rule: TypeAlias = Callable[[str, Lexicon], Iterable[Changes]]

RULES: tuple[tuple[Rule, bool], ...] = (
    (addresses.changes, False),
    (dates.changes, False),
    (times.changes, True),
    (phone_numbers.changes, True),
    (money.changes, True),
    (numbers.decades, True),
    (fractions.changes, True),
    (measures.changes, True),
    (ordinals.changes, False),
    (roman_numerals.changes, False),
    (abbreviations.changes, False),
    (ranges.changes, True),
    (numbers.changes, True),
    (signs.changes, False),
)
"""The rules, each with whether it only finds something in text with figures."""
RULES_FOR_ANY_LANGUAGE: tuple[tuple[Rule, bool], ...] = ((numbers.plain, True), (signs.changes, False))
"""The rules for languages that have no words for the others."""
