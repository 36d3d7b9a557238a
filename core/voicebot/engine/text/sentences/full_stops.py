"""Whether a full stop ends a sentence: most do, but those of abbreviations, numbers and initials may not."""

from __future__ import annotations

import re

from voicebot.engine.text.characters import has_case, has_no_full_stops
from voicebot.engine.text.sentences.abbreviations import Kind, kind_of
from voicebot.engine.text.sentences.next_word import (
    is_era,
    is_number,
    may_start_sentence,
    starts_sentence,
    whole_word,
)
from voicebot.languages.known import all_languages, derived
from voicebot.languages.language import Language

_ROMAN = re.compile(r"(?=[IVXL])X{0,4}L?X{0,3}(?:IX|IV|V?I{0,3})")
_CENTURY = re.compile("[IVX]{2,6}|[VX]")
_DATE = re.compile(r"(\d{1,2})\.|[12]\d{3}(?!\d)")
_TRIMMED = "\"'“”„‘’«»‹›([{（*_~`#>/|—–-\u200e\u200f\u202a-\u202e¿¡"
_LONGEST_BEFORE_ERA = 3
_INITIAL = re.compile("[\u0590-\u06ff\u0900-\u0dff\u0e00-\u0eff\u10a0-\u10ff]")
_YEAR = 4
_VIEW = 80
_ITEM_NUMBER = re.compile(r"[\s>#*+•_-]*(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-zА-Яа-я]|[IVXivx]{1,5})")
"""A line up to the full stop of a list item's number: the number, and only markup before it."""


def full_stop_ends(text: str, index: int, following: str, *, line: int | None) -> bool | None:
    """Return whether the full stop at `index`, before a blank and `following`, ends a sentence.

    Args:
        following: the text from the first letter or digit of the next word on.
        line: where the line begins that the full stop is in; None if that was cut off.

    Returns:
        None if only the rest of the next word would tell.
    """
    previous, word = _words_before(text, index, line or 0)
    if not word:
        return True
    if line is not None and _ITEM_NUMBER.fullmatch(text, line, index):
        return False
    if has_no_full_stops(word[-1]):
        return False
    if len(word) <= _LONGEST_BEFORE_ERA and (era := is_era(following)) is not False:
        return None if era is None else False
    word = _elision().sub("", word)
    if word.isdigit():
        return _number_ends(word, previous, following)
    return _word_ends(word, previous, following)


def _word_ends(word: str, previous: str, following: str) -> bool | None:
    counted = previous[-1:].isdigit() or _CENTURY.fullmatch(previous) is not None
    if len(word) == 1:
        return _letter_ends(word, previous, following, counted=counted)
    if _ROMAN.fullmatch(word):
        if not may_start_sentence(following) or not previous:  # "IV. Béla király"
            return False
        return starts_sentence(following) if previous[:1].isupper() else True
    match kind_of(word, previous, counted=counted):
        case Kind.INSIDE_SENTENCE:
            return False
        case Kind.SENTENCE_FINAL:
            return _unit_ends(word, following)
        case Kind.AMBIGUOUS:
            return starts_sentence(following)
        case Kind.TIME:
            return _time_ends(following)
        case Kind.BEFORE_NUMBER:
            number = is_number(following) if may_start_sentence(following) else True
            return None if number is None else not number
    return may_start_sentence(following)


def _unit_ends(word: str, following: str) -> bool | None:
    """Tell "5 km. We" and "on Tues. We" from "5 km. long" and "on Tues. Aug. 5th"."""
    if not may_start_sentence(following) or following[0].isdigit():
        return False
    if word.lower() not in all_languages().sentences.weekdays:
        return True
    month = whole_word(following)
    return None if month is None else month not in all_languages().sentences.months


def _time_ends(following: str) -> bool | None:
    """Tell "at 9 a.m. Go" from "at 9 a.m. Monday"."""
    if not may_start_sentence(following) or following[0].isdigit():
        return False
    word = whole_word(following)
    return None if word is None else word not in all_languages().sentences.after_times


def _letter_ends(word: str, previous: str, following: str, *, counted: bool) -> bool | None:
    """Tell "plan B. We" and "taller than I. So" from "J. K. Rowling" and "z. B. Brot"."""
    if not word.isalpha():
        return may_start_sentence(following)
    if not has_case(word):
        return not _INITIAL.match(word)
    if counted:  # a unit, as in "5 m."
        return may_start_sentence(following) and not following[0].isdigit()
    if following[0].isdigit():
        return previous.lower() in all_languages().sentences.lettered
    if not may_start_sentence(following):
        return False
    both = f"{previous.rstrip('.').lower()}.{word.lower()}"
    known = all_languages().abbreviations
    if both in known.inside_sentences:
        return False
    if both in known.sentence_final or previous.lower() in all_languages().sentences.lettered:
        return True
    if word == "I" and not previous[:1].isupper():
        return True
    if word in "xy" or (previous and not any(map(str.isalnum, previous))):  # a variable: "x < y."
        return True
    return starts_sentence(following)


def _number_ends(number: str, previous: str, following: str) -> bool | None:
    """Tell "in 1999. Then" from an ordinal number: "am 3. Mai", "im 19. Jahrhundert"."""
    if not may_start_sentence(following):
        return False
    if len(number) > 2:
        return True
    if following[0].isdigit():
        digits = len(following) - len(following.lstrip("0123456789"))
        if digits == len(following) and digits <= _YEAR:
            return None
        return not _DATE.match(following)  # "5. 3. 2024"
    word = whole_word(following)
    if word is None:
        return None
    known = all_languages().sentences
    starts = word in known.starters
    if word in known.counted or not (previous or starts):
        return False
    before = previous.lower()
    return before not in known.before_ordinals or (starts and before not in known.only_before_ordinals)


def _words_before(text: str, index: int, start: int) -> tuple[str, str]:
    """Return the word before a full stop and the one before it, without what surrounds them."""
    before = text[max(start, index - _VIEW) : index]
    words = before.rsplit(maxsplit=2)
    word = words[-1] if words and not before[-1:].isspace() else ""
    previous = words[-2] if len(words) > 1 else ""
    return previous.strip(_TRIMMED), word.strip(_TRIMMED).rpartition("(")[2]


@derived
def _elision(language: Language) -> re.Pattern[str]:
    """Match a word that has lost its vowel, at the beginning of the next one: "l'ing"."""
    words = "|".join(
        re.escape(each) for word in language.sentences.elided for each in (word, word.capitalize())
    )
    return re.compile(f"(?:{words})['’](?=\\w\\w)")
