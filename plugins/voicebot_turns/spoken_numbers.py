"""Numbers and years among the words of a turn."""

from __future__ import annotations

import re

from voicebot import Language

_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?:19|20)\d\d")
_PARTS_OF_DATE = 3
_DIGITS_OF_DATE = 5
"""Digits of the shortest date in which every number is said: "five six eighty-five"."""
_DIGITS_OF_DAY_AND_YEAR = 4


def is_number(word: str, language: Language) -> bool:
    """Return whether a word is a number: "7b", "seven", "forty-two"."""
    numbers = language.numbers.digits | language.numbers.numbers
    return bool(_DIGIT.search(word)) or not numbers.isdisjoint(word.split("-"))


def digits_at_end(words: list[str], language: Language) -> int:
    """Return how many digits the numbers have that the words end in; the name of a month counts as two."""
    return sum(_digits(word, language) for word in _numbers_at_end(words, language))


def has_area_code(words: list[str], language: Language) -> bool:
    """Return whether the number that the words end in begins like one with its area code: "0", "+"."""
    first = next(iter(_numbers_at_end(words, language)), "")
    return first.startswith("0") or first in language.numbers.area_code_beginnings


def begins_year(words: list[str], language: Language) -> bool:
    """Return whether the words end within a year: "nineteen"."""
    return _ends_in(words, language.numbers.centuries)


def may_begin_year(words: list[str], language: Language) -> bool:
    """Return whether the words end in a year to which more may be added: "two thousand"."""
    return _ends_in(words, language.numbers.round_years)


def names_year(words: list[str], language: Language) -> bool:
    """Return whether a year was said: "1985", "nineteen eighty-five", "June fifth eighty-five", "5/6/85"."""
    if any(map(_YEAR.fullmatch, words)):
        return True
    parts = " ".join(words).replace("-", " ").split()
    return _spells_year(parts, language) or _has_third_part(parts, language)


def _spells_year(words: list[str], language: Language) -> bool:
    """Return whether a century is followed by a number, in one word or several."""
    numbers = language.numbers
    said = " ".join(words)
    for century in (*numbers.centuries, *numbers.round_years):
        for found in re.finditer(rf"(?<!\w){re.escape(century)}", said):
            rest = [word for word in said[found.end() :].split() if word not in numbers.conjunctions]
            if rest and is_number(rest[0], language):
                return True
    return False


def _has_third_part(words: list[str], language: Language) -> bool:
    """Return whether a date has as many numbers as day, month and year have."""
    if sum(bool(_DIGIT.search(word)) for word in words) >= _PARTS_OF_DATE:
        return True
    at = next((at for at, word in enumerate(words) if word in language.numbers.months), None)
    if at is None:
        return digits_at_end(words, language) >= _DIGITS_OF_DATE
    after = digits_at_end(words[at + 1 :], language)
    day_was_said = digits_at_end(words[:at], language) > 0
    return after >= (_DIGITS_OF_DAY_AND_YEAR - 2 if day_was_said else _DIGITS_OF_DAY_AND_YEAR)


def _ends_in(words: list[str], phrases: tuple[str, ...]) -> bool:
    said = f" {' '.join(words)}".replace("-", " ")
    return said.endswith(tuple(f" {phrase}" for phrase in phrases))


def _numbers_at_end(words: list[str], language: Language) -> list[str]:
    """Return the numbers that the words end in, in their order."""
    numbers: list[str] = []
    for word in reversed(words):
        if _digits(word, language):
            numbers.append(word)
        elif not numbers or word not in language.numbers.conjunctions:
            break
    return numbers[::-1]


def _digits(word: str, language: Language) -> int:
    if _DIGIT.search(word):
        return sum(map(str.isdigit, word))
    if word in language.numbers.digits:
        return 1
    return 2 if word in language.numbers.months or is_number(word, language) else 0
