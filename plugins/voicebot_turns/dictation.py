"""What a user dictates because the bot asked for it, a number, a date or an address: whether more follows."""

from __future__ import annotations

import re

from voicebot import Language
from voicebot_turns.classes import Completeness
from voicebot_turns.sentence import sentence_begins
from voicebot_turns.spoken_numbers import (
    begins_year,
    digits_at_end,
    has_area_code,
    is_number,
    may_begin_year,
    names_year,
)

_CLAUSE = re.compile(r"[^.,;:!?\u00bf\u00a1]+[.,;:!?]*")
_INNER_DOT = re.compile(r"(?<=\w)\.(?=\w)")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_DIGITS_READ_BACK = 3
"""Digits in a question that names the number itself: "Is it 4711?"."""
_SHORTEST_PHONE_NUMBER = 7
_WITHOUT_AREA_CODE = 9
_WITH_AREA_CODE = 10
"""With fewer digits, a phone number may have been given without its area code, or be about to go on."""
_FIRST_GROUP = 4
"""Digits of numbers whose length is not known, such as that of an order: with fewer, more probably follow."""
_LONGEST = 16
_POSTAL_CODE = 4
"""Digits of the shortest postal code, with which an address may end."""


def dictation(text: str, words: list[str], language: Language, asked: str) -> Completeness | None:
    """Return how complete a number, a date or an address is; None if that is left to the other rules.

    Args:
        text: the turn as it was recognised.
        words: its words, without fillers.
        asked: what the bot said last. Nothing is dictated if it wants something confirmed: "Is it 4711?".
    """
    request = _request(asked, language)
    if not request:
        return None
    return (
        _number(words, language, request)
        or _date(words, language, request)
        or _email(text, language, request)
        or _address(words, language, request)
    )


def _request(asked: str, language: Language) -> str:
    """Return the sentence in which the bot asks for something to be dictated, and what it said after that."""
    questions = language.questions
    dictated = (
        *(*questions.phone_number, *questions.number, *questions.date_of_birth, *questions.birthday),
        *(*questions.email, *questions.address),
    )
    sentences = _SENTENCE_END.split(asked.casefold())
    for at in reversed(range(len(sentences))):
        if _has(sentences[at], dictated):
            request = " ".join(sentences[at:])
            return "" if _wants_confirmation(request, language) else request
    return ""


def _wants_confirmation(request: str, language: Language) -> bool:
    if sum(map(str.isdigit, request)) >= _DIGITS_READ_BACK:
        return True
    return any(
        " ".join(clause[sentence_begins(clause, language) :]).startswith(language.questions.confirmation)
        for clause in map(str.split, _CLAUSE.findall(request))
    )


def _number(words: list[str], language: Language, request: str) -> Completeness | None:
    questions = language.questions
    digits = digits_at_end(words, language)
    if not digits or (digits == 1 and len(words) > 1):  # "I don't have one"
        return None
    if _has(request, questions.phone_number):
        return _phone_number(digits, with_area_code=has_area_code(words, language))
    if not _has(request, questions.number) or _has(request, questions.short_number) or digits >= _LONGEST:
        return None
    if digits >= _FIRST_GROUP:
        return Completeness.AMBIGUOUS
    return None if _is_time(words, language) else Completeness.FRAGMENT


def _phone_number(digits: int, *, with_area_code: bool) -> Completeness | None:
    if digits < _SHORTEST_PHONE_NUMBER:
        return Completeness.INCOMPLETE
    if with_area_code and digits < _WITHOUT_AREA_CODE:
        return Completeness.FRAGMENT
    wanted = _WITH_AREA_CODE if with_area_code else _WITHOUT_AREA_CODE
    return Completeness.AMBIGUOUS if digits < wanted else None


def _date(words: list[str], language: Language, request: str) -> Completeness | None:
    """Return whether a year is missing. A birthday may be meant without one."""
    is_birthday = _has(request, language.questions.birthday)
    if not is_birthday and not _has(request, language.questions.date_of_birth):
        return None
    if begins_year(words, language):
        return Completeness.INCOMPLETE
    if may_begin_year(words, language):
        return Completeness.AMBIGUOUS
    ends_in_date = is_number(words[-1], language) or words[-1] in language.numbers.months
    if not ends_in_date or names_year(words, language):
        return None
    named_day = not language.numbers.months.isdisjoint(words) and any(is_number(w, language) for w in words)
    return Completeness.AMBIGUOUS if is_birthday and named_day else Completeness.INCOMPLETE


def _email(text: str, language: Language, request: str) -> Completeness | None:
    """Return whether an e-mail address ends before the dot of its host, or in a sign that is spoken."""
    if not _has(request, language.questions.email):
        return None
    signs = language.spoken.address_signs
    at, dot, *others = (signs.get(sign, (sign,))[0].casefold() for sign in "@.-_")
    said = _INNER_DOT.sub(f" {dot} ", text.casefold()).replace("@", f" {at} ")
    said = " ".join(["", *said.rstrip(" .!?").split()])
    if said.endswith(tuple(f" {sign}" for sign in (at, dot, *others))):
        return Completeness.INCOMPLETE
    _, is_address, host = said.rpartition(f" {at} ")
    if is_address and host.split()[0] in language.grammar.never_last:
        return None  # "look at my account"
    if f" {dot} " in f" {host}":
        return None if is_address else Completeness.FRAGMENT
    return Completeness.FRAGMENT if is_address else None


def _address(words: list[str], language: Language, request: str) -> Completeness | None:
    """Return whether an address has no street yet, or may be followed by a house number or a town."""
    if not _has(request, language.questions.address) or _has(request, language.questions.email):
        return None
    grammar = language.grammar
    if all(is_number(word, language) for word in words) or words[-1] in grammar.particles:
        return Completeness.INCOMPLETE
    last = words[-1]
    if last.endswith(tuple(grammar.street_endings)):
        return Completeness.AMBIGUOUS
    is_house = is_number(last, language) and not _is_time(words, language)
    return Completeness.AMBIGUOUS if is_house and sum(map(str.isdigit, last)) < _POSTAL_CODE else None


def _is_time(words: list[str], language: Language) -> bool:
    """Return whether the last word, a number, is a time or an amount by the word before it: "at three"."""
    grammar = language.grammar
    before = words[-2] if len(words) > 1 else ""
    return before in grammar.prepositions | grammar.particles | grammar.never_last | grammar.last_in_questions


def _has(text: str, phrases: tuple[str, ...]) -> bool:
    return any(phrase in text for phrase in phrases)
