"""Abbreviations, by what may follow them: that tells whether their full stop ends a sentence."""

from __future__ import annotations

import re
from enum import Enum, auto

from voicebot.engine.text.characters import has_case
from voicebot.languages.known import all_languages, derived
from voicebot.languages.language import Language

_INITIALS = re.compile(r"[^\W\d_](?:[.\-·]+[^\W\d_]{1,2})*")
_SHORTEST_STREET = 5
"""Letters of the shortest word that may end in a street suffix: "Ringstr."."""


class Kind(Enum):
    """What may follow an abbreviation."""

    INSIDE_SENTENCE = auto()
    """More of the sentence, whatever its case."""
    SENTENCE_FINAL = auto()
    """A capital letter begins a sentence, anything else goes on."""
    AMBIGUOUS = auto()
    """The next word decides."""
    TIME = auto()
    """A capital letter begins a sentence, unless the word belongs to the time of the day."""
    BEFORE_NUMBER = auto()
    """A number goes on, a capital letter begins a sentence."""
    NONE = auto()
    """It is not an abbreviation."""


def kind_of(word: str, previous: str, *, counted: bool) -> Kind:
    """Return what kind of abbreviation a word is.

    Args:
        word: the word, without its last full stop.
        previous: the word before it.
        counted: whether that is a number.
    """
    known = all_languages().abbreviations
    both = f"{previous.rstrip('.').lower()}.{word.lower()}"
    if "." in word and word[0].isalpha() and not has_case(word[0]):
        return Kind.INSIDE_SENTENCE
    if ".-" in word and word[-2:-1].isalpha():  # Dipl.-Ing.
        word = word.rpartition("-")[2]
    lowered = word.lower()
    if lowered == "ok":  # "ok. 10 minut", but "Ok. 10 minutes"
        return Kind.BEFORE_NUMBER if previous and word.islower() else Kind.NONE
    if (both in known.inside_sentences or lowered in known.inside_sentences) and not counted:
        return Kind.INSIDE_SENTENCE
    if both in known.sentence_final or (lowered == "al" and previous.lower() == "et"):
        return Kind.SENTENCE_FINAL
    is_unit = counted and (lowered in known.sentence_final or lowered in known.before_numbers)
    if _is_title(word, lowered) and not is_unit:
        return Kind.AMBIGUOUS if lowered in known.ambiguous else Kind.INSIDE_SENTENCE
    return _other_kind(word, lowered)


def _other_kind(word: str, lowered: str) -> Kind:
    known = all_languages().abbreviations
    if lowered in known.ambiguous:
        return Kind.AMBIGUOUS
    if lowered in known.before_numbers:
        return Kind.BEFORE_NUMBER
    if len(word) >= _SHORTEST_STREET and lowered.endswith(_street_suffixes()):
        return Kind.BEFORE_NUMBER
    if lowered in known.times:
        return Kind.TIME
    if lowered in known.sentence_final:
        return Kind.SENTENCE_FINAL
    return Kind.AMBIGUOUS if _INITIALS.fullmatch(word) and ("." in word or "-" in word) else Kind.NONE


def _is_title(word: str, lowered: str) -> bool:
    known = all_languages().abbreviations
    if lowered not in known.titles:
        return False
    if len(word) > 1 and word.isupper() and has_case(word[0]):
        return lowered in known.titles_in_capitals
    return lowered not in known.capital_titles or word[0].isupper()


@derived
def _street_suffixes(language: Language) -> tuple[str, ...]:
    return tuple(language.abbreviations.street_suffixes)
