"""An address that a user dictates because the bot asked for it: whether its street and its town were said."""

from __future__ import annotations

from itertools import pairwise, takewhile

from voicebot import Language
from voicebot_turns.dictation import asks_for, is_number

_STREET_AND_TOWN = 3
"""Words of a street that comes after its number, and of a town: "Harbour Street Cork"."""


def address_is_unfinished(words: list[str], language: Language, asked: str) -> bool:
    """Return whether an address that the bot asked for has no street yet, or ends before the town."""
    if not asks_for(language.questions.address, asked):
        return False
    return all(is_number(word, language) for word in words) or words[-1] in language.grammar.particles


def address_may_go_on(words: list[str], language: Language, asked: str) -> bool:
    """Return whether an address that the bot asked for has no town yet, as far as its words tell."""
    return asks_for(language.questions.address, asked) and not _names_town(words, language)


def _names_town(words: list[str], language: Language) -> bool:
    """Return whether a town was named after a preposition, or after street and number in either order."""
    last = list(takewhile(lambda word: not is_number(word, language), reversed(words)))[::-1]
    grammar = language.grammar
    if not (grammar.prepositions | grammar.particles).isdisjoint(last[:-1]):
        return True
    if len(last) == len(words):
        return False
    names = [word for word in last if word not in grammar.never_last]
    return len(names) >= (1 if _street_precedes_number(words, language) else _STREET_AND_TOWN)


def _street_precedes_number(words: list[str], language: Language) -> bool:
    """Return whether a number comes after a name: "Hauptstraße 5", not "number 12"."""
    grammar = language.grammar
    before = next((b for b, n in pairwise(words) if is_number(n, language)), "")
    if not before or is_number(words[0], language) or asks_for(language.questions.number, before):
        return False
    return before not in grammar.never_last | grammar.last_in_questions | grammar.prepositions
