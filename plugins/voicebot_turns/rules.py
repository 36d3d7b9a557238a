"""How complete a turn is, judged by its words: ordered rules, of which the first that applies decides."""

from __future__ import annotations

import re
from enum import Enum, auto
from unicodedata import category, normalize

from voicebot_turns.languages import NEUTRAL, WORDS
from voicebot_turns.words import Words

_WORD = re.compile(r"[^\s'-]+(?:['-][^\s'-]+)*")
_SELECTOR = re.compile("[\ufe0e\ufe0f]")
"""How an emoji looks."""
_APOSTROPHE = re.compile("[\u02bc\u2018\u2019\uff07]")
_DIGIT = re.compile(r"\d")
_TRAILS_OFF = re.compile(r"(?:\.\.\.|\u2026|[,;:\u2013\u2014-]|[\u3001\uff0c\uff1a\uff1b])\s*$")
_QUESTION_MARK = re.compile(r"[?\uff1f\u061f]\s*[\"'\u201d\u2019»)]*$")
_FULL_STOP = re.compile(r"[.!\u3002\uff01\u06d4\u0964]\s*[\"'\u201d\u2019»)]*$")
_WORDS_OF_A_QUESTION = 3
_WORDS_OF_A_STATEMENT = 3
_WORDS_OF_A_PHRASE = 4
_WORDS_OF_A_CLAUSE = 6
"""Of a turn that begins with a preposition, or with a conjunction, there are more if it is a sentence."""
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_DIGITS = {"phone": 7, "birth": 6}
"""Digits, spelt or spoken, of the shortest phone number and date: fewer of them are in progress."""
_DETERMINED = 3
"""Words before an adjective of which one may be its noun's determiner: "a very long"."""


class Completeness(Enum):
    """How complete a turn is, the most complete first."""

    CLOSED = auto()
    """Nothing is missing: "yes", "thank you", "... please"."""
    QUESTION = auto()
    SENTENCE = auto()
    """A sentence by its punctuation."""
    STATEMENT = auto()
    """Words that can end a sentence."""
    UNCLEAR = auto()
    """The last word ends as many sentences as it does not: "switch it on", "down"."""
    PART = auto()
    """Part of a sentence, or too few words to tell; complete as the answer to a question."""
    OPEN = auto()
    """Words must follow: "and", "to the", "um", half a phone number."""


def judge(text: str, language: str, asked: str = "") -> Completeness:
    """Return how complete a turn is.

    Args:
        language: BCP 47 tag; of a language without word lists, only punctuation and length count.
        asked: what the bot said last.
    """
    lists = WORDS.get(language.partition("-")[0].lower(), NEUTRAL)
    words = _words(text)
    if not words:
        return Completeness.OPEN
    if words[-1] in lists.fillers or _TRAILS_OFF.search(text):
        return Completeness.OPEN
    if " ".join(words).endswith(lists.holding):
        return Completeness.OPEN
    words = [word for word in words if word not in lists.fillers]
    if _number_in_progress(words, lists, asked.casefold()) or _address_in_progress(words, lists, asked):
        return Completeness.OPEN
    if _is_closed(words, lists):
        return Completeness.CLOSED
    if _QUESTION_MARK.search(text):
        return Completeness.QUESTION
    if _leans_on_more(words, lists):
        return Completeness.OPEN
    if _FULL_STOP.search(text):
        return Completeness.SENTENCE
    size = len(words) if not _WIDE.search(text) else len(_WIDE.findall(text))
    clause = _is_clause(words, lists)
    if size < _WORDS_OF_A_STATEMENT or clause or _is_phrase(words, lists):
        if _answers(words, lists, asked):
            return Completeness.STATEMENT
        return Completeness.OPEN if clause else Completeness.PART
    if _is_question(words, lists):
        return Completeness.QUESTION
    if words[-1] in lists.particles or words[-1] in lists.pointing:
        return Completeness.UNCLEAR
    return Completeness.STATEMENT


def _words(text: str) -> list[str]:
    """Return the words of a text without case; a vowel sign or an accent is part of its word."""
    text = _APOSTROPHE.sub("'", _SELECTOR.sub("", normalize("NFC", text))).casefold()
    return _WORD.findall("".join(c if c in "'-" or category(c)[0] in "LMN" else " " for c in text))


def _is_closed(words: list[str], lists: Words) -> bool:
    """Whether the turn is an answer that needs no more, or ends politely."""
    whole = " ".join(words)
    return whole in lists.closed or any(
        whole.endswith(f" {ending}") and len(words) > 2 for ending in lists.endings
    )


def _leans_on_more(words: list[str], lists: Words) -> bool:
    """Whether the last word cannot end a sentence.

    What could also be a pronoun or an adverb at a sentence's end is believed to be one in a question:
    "what is it for", "who is that".
    """
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last in lists.stranded:
        return not _can_strand(words, lists)
    if last in lists.transitive:
        return lists.objects.isdisjoint(words)
    if last in lists.adjectives and not lists.determiners.isdisjoint(words[-1 - _DETERMINED : -1]):
        return all(word in lists.leaning or word in lists.adjectives for word in words[-2:-1])
    if last in lists.subjects and _wants_a_verb(words, lists):
        return True
    if last.endswith(lists.contracted) and last not in lists.closed:
        return True
    return last in lists.leaning or f"{before} {last}" in lists.leaning_pairs


def _can_strand(words: list[str], lists: Words) -> bool:
    """Whether what the last word leans on came before, as in a question: "what is it for".

    A verb that asks by coming before its subject is at the end only when another one asks, or in a question
    within a sentence: "what do you think it is", "tell me who they are", not "what time is".
    """
    *before, last = words
    if last in lists.inverted and words[0] in lists.question_words:
        return not lists.inverted.isdisjoint(before)
    if words[0] in lists.adverbial and words[1] not in lists.objects:
        return False
    asks = words[0] in lists.question_words or not lists.objects.isdisjoint(before)
    return asks and len(words) >= _WORDS_OF_A_QUESTION


def _wants_a_verb(words: list[str], lists: Words) -> bool:
    """Whether the turn ends in the subject of a clause that has just begun: "when you", "could you"."""
    *before, verb = words[:-1] or [""]
    if verb in lists.subordinators and (before or verb not in lists.question_words):
        return True
    begins = next((word for word in before if word not in lists.openers), "")
    if begins in lists.question_words:
        return verb in lists.auxiliaries
    return verb in lists.inverted and not begins


def _is_clause(words: list[str], lists: Words) -> bool:
    """Whether the turn is a clause that needs another: "when i get home", not "when is it"."""
    begins = next((at for at, word in enumerate(words) if word not in lists.openers), 0)
    first, following, size = words[begins], words[begins + 1 : begins + 2], len(words) - begins
    asks = first in lists.question_words and following and following[0] not in lists.subjects
    return first in lists.subordinators and not asks and size <= _WORDS_OF_A_CLAUSE


def _is_phrase(words: list[str], lists: Words) -> bool:
    """Whether the turn begins with a preposition and is no longer than its phrase: "at the station"."""
    begins = next((at for at, word in enumerate(words) if word not in lists.openers), 0)
    return words[begins] in lists.prepositions and len(words) - begins <= _WORDS_OF_A_PHRASE


def _answers(words: list[str], lists: Words, asked: str) -> bool:
    """Whether a part of a sentence answers what was asked: a clause does where that was when or why."""
    if not _QUESTION_MARK.search(asked):
        return False
    begins = next((word for word in words if word not in lists.openers), "")
    if begins not in lists.subordinators:
        return True
    return not lists.clausal.isdisjoint(_words(asked))


def _is_question(words: list[str], lists: Words) -> bool:
    """Whether the words ask something and have all that a short question has."""
    at = next((at for at, word in enumerate(words) if word not in lists.openers), 0)
    begins, following = words[at], words[at + 1 : at + 2]
    if begins in lists.subordinators and following and following[0] in lists.subjects:
        return False  # "when I get home ..."
    if begins in lists.question_words:
        return len(words) >= _WORDS_OF_A_QUESTION
    return begins in lists.inverted and len(words) > _WORDS_OF_A_QUESTION


def _number_in_progress(words: list[str], lists: Words, asked: str) -> bool:
    """Whether the turn ends in fewer digits than what was asked for has."""
    wanted = max(
        (size for kind, size in _DIGITS.items() if any(name in asked for name in lists.asked.get(kind, ()))),
        default=0,
    )
    if not wanted:
        return False
    digits = 0
    for word in reversed(words):
        if _DIGIT.search(word):
            digits += sum(map(str.isdigit, word))
        elif word in lists.digits:
            digits += 1
        elif word in lists.months or not lists.numbers.isdisjoint(word.split("-")):
            digits += 2
        elif digits:
            break
        else:
            return False
    return 0 < digits < wanted


def _address_in_progress(words: list[str], lists: Words, asked: str) -> bool:
    """Whether the answer to a question for an address has no street yet, or ends before the town."""
    if not any(name in asked.casefold() for name in lists.asked.get("address", ())):
        return False
    numbers = lists.digits | lists.numbers
    street = any(not _DIGIT.search(word) and numbers.isdisjoint(word.split("-")) for word in words)
    return not street or words[-1] in lists.particles
