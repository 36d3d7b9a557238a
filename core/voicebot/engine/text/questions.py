"""Questions of the bot: whether a text ends in one, which was the last, and what it asks for."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from unicodedata import category

from voicebot.engine.text.characters import is_unspaced
from voicebot.engine.text.words import folded, is_alphanumeric
from voicebot.languages.known import derived
from voicebot.languages.language import Language

_SENTENCE_END = (  # compiled with the bot's first reply
    "[.!?\u2026\u061f\u06d4\u0589\u0964\u104b\u1362\u1367\u17d4\u3002\uff01\uff1f\uff61]"
    "(?:(?<=[\u3002\uff01\uff1f\uff61])|\\s+)"
)
"""A mark that ends a sentence, and the blanks after it, without which only marks of wide scripts end one."""
_CLAUSE_BEGINS = (
    "[\\s\u00bf]*(?:[,;:.!?\u2026\u2013\u2014\u060c\u061b\u061f\u0964-][\\s\u00bf]+"
    "|[\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f]\\s*|^\u00bf|$)"
)
_QUESTION_MARK = re.compile("[?\uff1f\u061f\u037e\u055e]")


def is_question(text: str) -> bool:
    """Return whether a text ends in a question, in any script and within any quotes."""
    end = len(text)
    while end and not is_alphanumeric(text[end - 1]) and category(text[end - 1])[0] != "M":
        end -= 1
    return bool(_QUESTION_MARK.search(text, end)) or text.endswith(_endings(), 0, end)


def last_question(text: str) -> str:
    """Return a text from its last question on, or its last sentence if it has none."""
    ends = [match.end() for match in re.finditer(_SENTENCE_END, text)]
    parts = (text[start:end].strip() for start, end in pairwise([0, *ends, len(text)]))
    sentences = [part for part in parts if part] or [""]
    questions = (at for at in range(len(sentences) - 1, -1, -1) if _QUESTION_MARK.search(sentences[at]))
    return " ".join(sentences[next(questions, -1) :])


def asks_for(question: str, phrases: tuple[str, ...]) -> bool:
    """Return whether a question has one of some phrases, those with `^` at the beginning of a clause."""
    sought = _sought(phrases)
    text = folded(question)
    if any(phrase in text for phrase in sought.anywhere):
        return True
    clauses = [clause for clause in _clauses(question) if clause.startswith(sought.beginnings)]
    return any(_begins_with(clause, phrase) for clause in clauses for phrase in sought.beginnings)


class _Sought(NamedTuple):
    """Phrases without case, by where in a question they may be."""

    anywhere: tuple[str, ...]
    beginnings: tuple[str, ...]


@lru_cache(maxsize=32)
def _sought(phrases: tuple[str, ...]) -> _Sought:
    return _Sought(
        anywhere=tuple(folded(phrase) for phrase in phrases if not phrase.startswith("^")),
        beginnings=tuple(folded(phrase[1:]) for phrase in phrases if phrase.startswith("^")),
    )


@lru_cache(maxsize=8)
def _clauses(text: str) -> list[str]:
    return [folded(clause) for clause in re.split(_CLAUSE_BEGINS, text)]


def _begins_with(text: str, phrase: str) -> bool:
    """Return whether a text begins with a phrase whose last word is not part of a longer one there."""
    if not text.startswith(phrase):
        return False
    following = text[len(phrase) : len(phrase) + 1]
    return not following or is_unspaced(following) or category(following)[0] not in "LMN"


@derived
def _endings(language: Language) -> tuple[str, ...]:
    return tuple(language.questions.endings)
