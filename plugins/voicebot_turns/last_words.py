"""How complete a turn is, by the structure of its words and by how often sentences end after the last two."""

from __future__ import annotations

from voicebot import Language, TurnSoFar, language_for
from voicebot_turns.completeness import Completeness, completeness
from voicebot_turns.continuation import continuation_for
from voicebot_turns.spoken_words import spoken_words

_PART_OF_SENTENCE, _PERHAPS_PART = 0.05, 0.12
"""Probabilities of the end of a sentence below which words that could be one are judged as less complete."""
_WORDS_OF_AN_ANSWER = 3
_COULD_BE_SENTENCES = {
    Completeness.QUESTION,
    Completeness.SENTENCE,
    Completeness.STATEMENT,
    Completeness.AMBIGUOUS,
}
"""A full stop does not exclude that the words go on: recognisers also write it at pauses."""


def completeness_of(turn: TurnSoFar) -> Completeness:
    """Return how complete the words of a turn are.

    After "put it on the shopping", sentences go on as a rule. A question is doubted less: two words do not
    show that "how old are you" is one. Numbers, and short answers to a question, are not doubted: whether
    "seven" or "the blue" is all depends on what was asked.
    """
    complete = completeness(turn.text, turn.language, turn.asked)
    continuation = continuation_for(turn.language)
    if complete not in _COULD_BE_SENTENCES or continuation is None:
        return complete
    language = language_for(turn.language)
    words = [word for word in spoken_words(turn.text) if word not in language.turns.fillers]
    is_answer = turn.asked.rstrip().endswith("?") and len(words) <= _WORDS_OF_AN_ANSWER
    ends = None if is_answer or _is_number(words[-1], language) else continuation.ends(words)
    if ends is None or ends >= _PERHAPS_PART:
        return complete
    if ends >= _PART_OF_SENTENCE:
        return complete if complete is Completeness.QUESTION else Completeness.AMBIGUOUS
    return Completeness.FRAGMENT


def _is_number(word: str, language: Language) -> bool:
    numbers = language.numbers.digits | language.numbers.numbers
    return any(map(str.isdigit, word)) or not numbers.isdisjoint(word.split("-"))
