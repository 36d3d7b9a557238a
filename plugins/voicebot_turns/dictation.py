"""Numbers and dates that a user dictates because the bot asked for them: whether more digits follow."""

from __future__ import annotations

import re

from voicebot import Language

_DIGIT = re.compile(r"\d")
_DIGITS = 7
"""Digits of the shortest phone number, and of another number of which nothing is known."""
_DIGITS_WITH_AREA_CODE = 9
"""With fewer, a phone number may have been given without its area code, or be about to go on."""
_DATE_DIGITS = 6
"""Digits of the shortest date of birth."""


def number_is_unfinished(words: list[str], language: Language, asked: str) -> bool:
    """Return whether the turn ends within the number or the date that the bot asked for."""
    wanted = _digits_wanted(language, asked.casefold())
    if wanted == _DATE_DIGITS and _year_has_begun(words, language):
        return True
    return 0 < digits_at_end(words, language) < wanted


def number_may_go_on(words: list[str], language: Language, asked: str) -> bool:
    """Return whether the turn may end within a phone number that is spoken in groups, or before a year."""
    if _year_has_begun(words, language):
        return not language.numbers.months.isdisjoint(words)
    if not asks_for(language.questions.phone_number, asked):
        return False
    return _DIGITS <= digits_at_end(words, language) < _DIGITS_WITH_AREA_CODE


def is_number(word: str, language: Language) -> bool:
    """Return whether a word is a number: "7b", "seven", "forty-two"."""
    numbers = language.numbers.digits | language.numbers.numbers
    return bool(_DIGIT.search(word)) or not numbers.isdisjoint(word.split("-"))


def asks_for(phrases: tuple[str, ...], asked: str) -> bool:
    """Return whether the bot's last words contain one of these phrases."""
    asked = asked.casefold()
    return any(phrase in asked for phrase in phrases)


def digits_at_end(words: list[str], language: Language) -> int:
    """Return how many digits the numbers have that the words end in."""
    numbers = language.numbers
    digits = 0
    for word in reversed(words):
        if _DIGIT.search(word):
            digits += sum(map(str.isdigit, word))
        elif word in numbers.digits:
            digits += 1
        elif word in numbers.months or is_number(word, language):
            digits += 2
        elif word not in numbers.conjunctions:
            break
    return digits


def _digits_wanted(language: Language, asked: str) -> int:
    questions = language.questions
    if asks_for((*questions.phone_number, *questions.number), asked):
        return _DIGITS
    return _DATE_DIGITS if asks_for(questions.date_of_birth, asked) else 0


def _year_has_begun(words: list[str], language: Language) -> bool:
    whole = " ".join(words)
    return any(f" {whole}".endswith(f" {century}") for century in language.numbers.centuries)
