"""What a user dictates because the bot asked for it: whether a number or an address is unfinished."""

from __future__ import annotations

import re

from voicebot import Language

_DIGIT = re.compile(r"\d")
_PHONE_DIGITS = 7
_DATE_DIGITS = 6
"""Digits of the shortest phone number and date of birth."""


def number_is_unfinished(words: list[str], language: Language, asked: str) -> bool:
    """Return whether the turn ends in fewer digits than the number has that the bot asked for."""
    wanted = _digits_wanted(language, asked.casefold())
    return bool(wanted) and 0 < _digits_at_end(words, language) < wanted


def address_is_unfinished(words: list[str], language: Language, asked: str) -> bool:
    """Return whether an address that the bot asked for has no street yet, or ends before the town."""
    if not _asks_for(language.questions.address, asked.casefold()):
        return False
    numbers = language.numbers.digits | language.numbers.numbers
    street = any(not _DIGIT.search(word) and numbers.isdisjoint(word.split("-")) for word in words)
    return not street or words[-1] in language.grammar.particles


def _digits_wanted(language: Language, asked: str) -> int:
    if _asks_for(language.questions.phone_number, asked):
        return _PHONE_DIGITS
    return _DATE_DIGITS if _asks_for(language.questions.date_of_birth, asked) else 0


def _digits_at_end(words: list[str], language: Language) -> int:
    """Return how many digits the numbers have that the words end in."""
    numbers = language.numbers
    digits = 0
    for word in reversed(words):
        if _DIGIT.search(word):
            digits += sum(map(str.isdigit, word))
        elif word in numbers.digits:
            digits += 1
        elif word in numbers.months or not numbers.numbers.isdisjoint(word.split("-")):
            digits += 2
        else:
            break
    return digits


def _asks_for(phrases: tuple[str, ...], asked: str) -> bool:
    return any(phrase in asked for phrase in phrases)
