"""The structure of a sentence, by the classes that its words are in: whether more must follow."""

from __future__ import annotations

from voicebot import Language

_WORDS_OF_A_QUESTION = 3
_WORDS_OF_A_PHRASE = 4
_WORDS_OF_A_CLAUSE = 6
"""A turn that begins with a preposition, or with a subordinator, has more words if it is a sentence."""
_DETERMINER_DISTANCE = 3
"""Words before an adjective of which one may be its noun's determiner: "a very long"."""


def sentence_begins(words: list[str], language: Language) -> int:
    """Return the place of the first word that is not an opener such as "well"; 0 if all are."""
    return next((at for at, word in enumerate(words) if word not in language.turns.openers), 0)


def needs_another_word(words: list[str], language: Language) -> bool:
    """Return whether the last word cannot end a sentence.

    One that may be a pronoun or an adverb at the end of a sentence is taken for that in a question: "what is
    it for", "who is that".
    """
    grammar = language.grammar
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last in grammar.last_in_questions:
        return not _ends_question(words, language)
    if ends_in_subject(words, language):
        return True
    return last in grammar.never_last or f"{before} {last}" in grammar.never_last_phrases


def ends_in_subject(words: list[str], language: Language) -> bool:
    """Return whether the last word is the subject of a clause that has just begun: "could you"."""
    grammar = language.grammar
    if not words or words[-1] not in grammar.subject_pronouns:
        return False
    *before, verb = words[:-1] or [""]
    if verb in grammar.subordinators and (before or verb not in grammar.question_words):
        return True
    first = next((word for word in before if word not in language.turns.openers), "")
    if first in grammar.question_words:
        return verb in grammar.auxiliary_verbs
    return verb in grammar.inverted_verbs and not first


def lacks_noun_or_object(words: list[str], language: Language) -> bool:
    """Return whether the last word is an adjective or genitive without its noun, or a verb without object."""
    grammar = language.grammar
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last in grammar.last_in_questions:
        return False
    if last in grammar.transitive_verbs:
        return grammar.fronted_objects.isdisjoint(words)
    if last in grammar.adjectives and not grammar.determiners.isdisjoint(
        words[-1 - _DETERMINER_DISTANCE : -1]
    ):
        return not before or before in grammar.never_last or before in grammar.adjectives
    return last not in language.turns.complete and last.endswith(tuple(grammar.contractions))


def is_subordinate_clause(words: list[str], language: Language) -> bool:
    """Return whether the turn is a clause that needs another: "when i get home", not "when is it"."""
    grammar = language.grammar
    first, *rest = words[sentence_begins(words, language) :]
    asks = first in grammar.question_words and rest and rest[0] not in grammar.subject_pronouns
    return first in grammar.subordinators and not asks and len(rest) < _WORDS_OF_A_CLAUSE


def begins_with_preposition(words: list[str], language: Language) -> bool:
    """Return whether the turn is no longer than the phrase of a preposition: "at the station"."""
    first, *rest = words[sentence_begins(words, language) :]
    return first in language.grammar.prepositions and len(rest) < _WORDS_OF_A_PHRASE


def is_question(words: list[str], language: Language) -> bool:
    """Return whether the words ask something, and are as many as a short question has."""
    grammar = language.grammar
    first, *rest = words[sentence_begins(words, language) :]
    if first in grammar.subordinators and rest and rest[0] in grammar.subject_pronouns:
        return False  # "when I get home ..."
    if first in grammar.question_words:
        return len(words) >= _WORDS_OF_A_QUESTION
    return first in grammar.inverted_verbs and len(words) > _WORDS_OF_A_QUESTION


def _ends_question(words: list[str], language: Language) -> bool:
    """Return whether what the last word belongs to came before, as in a question: "what is it for".

    A verb that asks by coming before its subject is last only if another one asks, or in a question within a
    sentence: "what do you think it is", "tell me who they are", not "what time is".
    """
    grammar = language.grammar
    *before, last = words
    if last in grammar.inverted_verbs and words[0] in grammar.question_words:
        return not grammar.inverted_verbs.isdisjoint(before)
    adverbial = words[0] in grammar.adverbial_question_words
    if adverbial and grammar.fronted_objects.isdisjoint(words[1:2]):
        return False
    asks = words[0] in grammar.question_words or not grammar.fronted_objects.isdisjoint(before)
    return asks and len(words) >= _WORDS_OF_A_QUESTION
