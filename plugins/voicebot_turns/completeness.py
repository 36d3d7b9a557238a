"""How complete the words of a turn are: ordered rules, of which the first that applies decides."""

from __future__ import annotations

import re

from voicebot import Language, language_for
from voicebot_turns.classes import Completeness
from voicebot_turns.dictation import dictation
from voicebot_turns.sentence import (
    begins_with_preposition,
    ends_in_subject,
    is_question,
    is_subordinate_clause,
    lacks_noun_or_object,
    needs_another_word,
    sentence_begins,
)
from voicebot_turns.spoken_words import spoken_words

__all__ = ["Completeness", "completeness"]

_TRAILS_OFF = re.compile(r"(?:\.\.\.|\u2026|[,;:\u2013\u2014-]|[\u3001\uff0c\uff1a\uff1b])\s*$")
_QUESTION_MARK = re.compile(r"[?\uff1f\u061f]\s*[\"'\u201d\u2019»)]*$")
_FULL_STOP = re.compile(r"[.!\u3002\uff01\u06d4\u0964]\s*[\"'\u201d\u2019»)]*$")
_UNSPACED = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]"
"""Characters of scripts in which each of them counts as a word."""
_WORDS_OF_A_STATEMENT = 3
"""Words of the shortest statement."""


def completeness(text: str, tag: str, asked: str = "") -> Completeness:
    """Return how complete a turn is.

    Args:
        tag: the language as a BCP 47 tag; without words of it, only punctuation and length count.
        asked: what the bot said last.
    """
    language = language_for(tag)
    words = spoken_words(text)
    if not words or _is_held(text, words, language):
        return Completeness.INCOMPLETE
    words = [word for word in words if word not in language.turns.fillers]
    dictated = dictation(text, words, language, asked)
    if dictated is not None:
        return dictated
    if ends_in_subject(_without_polite_ending(words, language), language):  # "could you please"
        return Completeness.INCOMPLETE
    if _is_complete(words, language):
        return Completeness.COMPLETE
    if _QUESTION_MARK.search(text):
        return Completeness.QUESTION
    if needs_another_word(words, language):
        return Completeness.INCOMPLETE
    if lacks_noun_or_object(words, language):
        return Completeness.LIKELY_INCOMPLETE
    if _FULL_STOP.search(text):
        return Completeness.SENTENCE
    return _by_structure(text, words, language, asked)


def _is_held(text: str, words: list[str], language: Language) -> bool:
    """Return whether the user keeps the turn: "um", "one moment", "..."."""
    if words[-1] in language.turns.fillers or _TRAILS_OFF.search(text):
        return True
    return " ".join(words).endswith(language.turns.holding)


def _is_complete(words: list[str], language: Language) -> bool:
    """Return whether the turn is an answer that needs no more, or ends politely."""
    return " ".join(words) in language.turns.complete or (
        len(words) > 2 and len(_without_polite_ending(words, language)) < len(words)
    )


def _without_polite_ending(words: list[str], language: Language) -> list[str]:
    whole = " ".join(words)
    lengths = [
        len(ending.split()) for ending in language.turns.polite_endings if whole.endswith(f" {ending}")
    ]
    return words[: len(words) - max(lengths, default=0)]


def _by_structure(text: str, words: list[str], language: Language, asked: str) -> Completeness:
    """Return how complete words without punctuation are."""
    size = (0 if text.isascii() else len(re.findall(_UNSPACED, text))) or len(words)
    clause = is_subordinate_clause(words, language)
    if size < _WORDS_OF_A_STATEMENT or clause or begins_with_preposition(words, language):
        if _answers(words, language, asked):
            return Completeness.STATEMENT
        return Completeness.INCOMPLETE if clause else Completeness.FRAGMENT
    if is_question(words, language):
        return Completeness.QUESTION
    if words[-1] in language.grammar.particles or words[-1] in language.grammar.demonstratives:
        return Completeness.AMBIGUOUS
    return Completeness.STATEMENT


def _answers(words: list[str], language: Language, asked: str) -> bool:
    """Return whether part of a sentence answers a question: a clause does if that was when or why."""
    if not _QUESTION_MARK.search(asked):
        return False
    first = words[sentence_begins(words, language) :][:1]
    if language.grammar.subordinators.isdisjoint(first):
        return True
    return not language.grammar.clause_question_words.isdisjoint(spoken_words(asked))
