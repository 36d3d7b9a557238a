"""What words mean to whose turn it is: the same again, assent, a farewell, a question for something."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

_ALIKE = 0.5
_ALIKE_LETTERS = 0.7  # a word that was told before it was out
_NOT_WORDS = re.compile(r"[^\w]+")
_SENTENCE_END = re.compile(r"(?<=[.!?\u2026\u061f])\s+|(?<=[\u3002\uff01\uff1f])")
_CLAUSE_BEGINS = re.compile(r"[\s\u00bf]*(?:[,;:.!?\u2026\u2013\u2014-][\s\u00bf]+|^\u00bf|$)")
_ASKS = re.compile("[?\uff1f\u061f]")
_ASSENT = frozenset(
    # sounds
    "m mm mmm mhm hm hmm mmhm uhhuh uh huh ah aha oh ooh ha haha hahaha heh hehe laughter laughs "
    "cough coughs "
    # English, German, French, Spanish
    "ok okay yeah yep yes right sure i see got it cool nice great wow really true exactly "
    "ja genau gut klar stimmt achso ach so aha toll richtig "
    "oui ouais voilà voila bien sûr accord "
    "sí si vale claro ya bueno exacto".split()
)
_ASSENT_WORDS_MOST = 3
_COURTESY = _ASSENT | frozenset(
    "well so then now and for today thanks thank you very much please bye "
    "dann also nun und danke vielen dank schön bitte tschüss "
    "alors donc et merci beaucoup salut "
    "pues entonces y gracias muchas adiós".split()
)


def joined(*parts: str) -> str:
    """Return parts of speech as one text."""
    return " ".join(part for part in parts if part)


@lru_cache(maxsize=64)
def words(text: str) -> tuple[str, ...]:
    """Return the words of a text without case, spacing and punctuation."""
    return tuple(_NOT_WORDS.sub(" ", text.casefold().replace("'", "").replace("\u2019", "")).split())


def same_words(one: str, other: str) -> bool:
    """Return whether two texts differ in case, spacing and punctuation at most."""
    return one == other or words(one) == words(other)


def alike(expected: str, text: str) -> bool:
    """Return whether two transcripts are probably of the same speech."""
    if not (expected and text):
        return False
    one, other = words(expected), words(text)
    if SequenceMatcher(None, one, other).ratio() >= _ALIKE:
        return True
    return SequenceMatcher(None, " ".join(one), " ".join(other)).ratio() >= _ALIKE_LETTERS


def is_assent(text: str) -> bool:
    """Return whether a text is what listeners say without wanting the turn: "mm-hm", "okay", a laugh."""
    said = words(text)
    return 0 < len(said) <= _ASSENT_WORDS_MOST and _ASSENT.issuperset(said)


def last_question(text: str) -> str:
    """Return a text from its last question on, its last sentence if it has none."""
    sentences = [sentence for sentence in _SENTENCE_END.split(text.strip()) if sentence] or [""]
    asks = (index for index in range(len(sentences) - 1, -1, -1) if _ASKS.search(sentences[index]))
    return " ".join(sentences[next(asks, -1) :])


def asks_for(question: str, sought: str) -> bool:
    """Return whether a question has the words sought; with `^` before them, at the beginning of a clause."""
    question, sought = question.casefold(), sought.casefold()
    if not sought.startswith("^"):
        return sought in question
    words_end = len(sought) - 1
    return any(
        clause.startswith(sought[1:]) and not clause[words_end : words_end + 1].isalnum()
        for clause in _clauses(question)
    )


@lru_cache(maxsize=8)
def _clauses(text: str) -> list[str]:
    return _CLAUSE_BEGINS.split(text)


def is_farewell(text: str, phrases: Iterable[str]) -> bool:
    """Return whether a text is one of the phrases, alone or among courtesy: "okay, goodbye then"."""
    said = words(text)
    for phrase in filter(None, map(words, phrases)):
        size = len(phrase)
        for start in range(len(said) - size + 1):
            if said[start : start + size] == phrase and _COURTESY.issuperset(
                said[:start] + said[start + size :]
            ):
                return True
    return False
