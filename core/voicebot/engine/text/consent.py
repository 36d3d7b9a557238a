"""Reading the user's answer to a question that asks for consent, such as "Shall I cancel order 12?".

A wrong yes is a wrong action, a wrong no only another question. So an answer is a yes only if every word of
it is known to belong to one: "yes, but not today" and "yes, order 13" are neither yes nor no.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from voicebot.engine.text.phrases import PhraseSet
from voicebot.engine.text.questions import is_question
from voicebot.engine.text.words import words
from voicebot.languages.known import derived_from_each, language_for

_VERB_WITHIN = 3
"""How many words begin a question, one of them the verb that a pronoun may follow: "Shall I cancel"."""


def read_consent(text: str, language: str, question: str = "") -> Literal["yes", "no", "unclear"]:
    """Return whether an answer is a clear yes, a no, or neither.

    Args:
        text: the user's answer, as it was recognised.
        language: BCP 47 tag of the language that the user speaks; if it has no phrases of consent, every
            answer is unclear.
        question: what the bot asked. The user may repeat its end after a yes: "yes, cancel order 12".
    """
    phrases, said = _phrases(language), words(text)
    if _is_yes(phrases, said, words(question), asks=is_question(text)):
        return "yes"
    return "no" if _is_no(phrases, said) else "unclear"


class _Phrases(NamedTuple):
    assents: PhraseSet
    refusals: PhraseSet
    undecided: PhraseSet
    openers: PhraseSet
    courtesies: PhraseSet
    asked_courtesies: PhraseSet
    """Those of the courtesies that may end in a question mark."""
    pronouns: PhraseSet


@derived_from_each
def _phrases(tag: str) -> _Phrases:
    language = language_for(tag)
    consent = language.consent
    return _Phrases(
        assents=_set(consent.assents),
        refusals=_set(consent.refusals),
        undecided=_set(consent.undecided),
        openers=_set((*consent.openers, *language.turns.fillers)),
        courtesies=_set(consent.courtesies),
        asked_courtesies=_set(tuple(phrase for phrase in consent.courtesies if phrase.endswith("?"))),
        pronouns=_set(consent.pronouns),
    )


def _set(phrases: tuple[str, ...]) -> PhraseSet:
    return PhraseSet(map(words, phrases))


def _is_yes(phrases: _Phrases, said: tuple[str, ...], question: tuple[str, ...], *, asks: bool) -> bool:
    """Return whether all words are assents, and what may stand beside them.

    Args:
        asks: whether the answer ends in a question mark.
    """
    end = len(said)
    if asks and not any(end in phrases.asked_courtesies.ends(said, start) for start in range(end)):
        return False
    before, after = {0}, set[int]()
    """The places up to which the words are part of a yes, where an assent is still due, and where none is."""
    for start in range(end):
        assents, courtesies = phrases.assents.ends(said, start), phrases.courtesies.ends(said, start)
        if start in after:
            after |= assents | courtesies | _echoes(phrases, said, start, question)
            before |= phrases.openers.ends(said, start)
        if start in before:
            after |= assents
            before |= courtesies | phrases.openers.ends(said, start)
    return end in after


def _echoes(phrases: _Phrases, said: tuple[str, ...], start: int, question: tuple[str, ...]) -> set[int]:
    """Return where a repetition of the question's end may end: "order 12", "cancel it".

    One word is not enough: after "Shall I cancel the order?", "yes, order" may be an order.
    """
    ends = set[int]()
    for end in range(start + 2, min(len(said), start + len(question)) + 1):
        echo = said[start:end]
        is_refusal = any(phrases.refusals.ends(echo, at) for at in range(len(echo)))  # of "yes or no?"
        if question[1:][-len(echo) :] == echo and not is_refusal:
            ends.add(end)
    if said[start] in question[1:_VERB_WITHIN]:
        ends |= phrases.pronouns.ends(said, start + 1)
    return ends


def _is_no(phrases: _Phrases, said: tuple[str, ...]) -> bool:
    """Return whether the words begin with a refusal, and no assent follows."""
    reached, ends, undecided = {0}, {0}, {0}
    for start in range(len(said)):
        if start in reached:
            reached |= phrases.openers.ends(said, start) | phrases.courtesies.ends(said, start)
            ends |= phrases.refusals.ends(said, start)
            undecided |= phrases.undecided.ends(said, start)
    end = max(ends)
    is_refusal = end > max(undecided)
    return is_refusal and not any(phrases.assents.ends(said, start) for start in range(end, len(said)))
