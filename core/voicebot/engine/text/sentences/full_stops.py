"""Whether a full stop ends a sentence: most do, but not those of abbreviations, numbers and initials."""

from __future__ import annotations

import re

from voicebot.engine.text.characters import has_case, has_no_full_stops
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
_INITIALS = re.compile(r"[^\W\d_](?:[.\-·]+[^\W\d_]{1,2})*")
_TRIMMED = "\"'“”„‘’«»‹›([{（*_~`#>/|—–-\u200e\u200f\u202a-\u202e¿¡"
_LONGEST_BEFORE_ERA = 3
_INITIAL = re.compile("[\u0590-\u06ff\u0900-\u0dff\u0e00-\u0eff\u10a0-\u10ff]")
_YEAR = 4
_SHORTEST_STREET = 5
"""Letters of the shortest word that may end in a street suffix: "Ringstr."."""
_VIEW = 80
_ITEM_NUMBER = re.compile(r"[\s>#*+•_-]*(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-zА-Яа-я]|[IVXivx]{1,5})")
"""What is before the full stop of an item's number in its line: the number, and before it markup alone."""


def full_stop_ends(text: str, index: int, following: str, *, line: int | None) -> bool | None:
    """Return whether the full stop at `index`, before a blank and `following`, ends a sentence.

    Args:
        following: the text from the first letter or digit of the next word on.
        line: where the line begins that the full stop is in; None if that was cut off.

    Returns:
        None while the next word must be known and is not over yet.
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
    match _kind(word, previous, counted=counted):
        case "goes on":
            return False
        case "unit" if word.lower() in all_languages().sentences.weekdays and may_start_sentence(following):
            month = whole_word(following)
            if month is None:
                return None
            return month not in all_languages().sentences.months and not following[0].isdigit()
        case "unit":
            return may_start_sentence(following) and not following[0].isdigit()
        case "degree":
            return starts_sentence(following)
        case "time":
            return _time_ends(following)
        case "numbered":
            number = is_number(following) if may_start_sentence(following) else True
            return None if number is None else not number
    return may_start_sentence(following)


def _kind(word: str, previous: str, *, counted: bool) -> str:
    """Return what kind of an abbreviation a word is: what may follow it."""
    known = all_languages().abbreviations
    both = f"{previous.rstrip('.').lower()}.{word.lower()}"
    if "." in word and word[0].isalpha() and not has_case(word[0]):
        return "goes on"
    if ".-" in word and word[-2:-1].isalpha():  # Dipl.-Ing.
        word = word.rpartition("-")[2]
    lowered = word.lower()
    if lowered == "ok":  # "ok. 10 minut", but "Ok. 10 minutes"
        return "numbered" if previous and word.islower() else "word"
    if (both in known.inside_sentences or lowered in known.inside_sentences) and not counted:
        return "goes on"
    if both in known.sentence_final or (lowered == "al" and previous.lower() == "et"):
        return "unit"
    is_unit = counted and (lowered in known.sentence_final or lowered in known.before_numbers)
    if _is_title(word, lowered) and not is_unit:
        return "degree" if lowered in known.ambiguous else "goes on"
    return _other_kind(word, lowered)


def _other_kind(word: str, lowered: str) -> str:
    known = all_languages().abbreviations
    if lowered in known.ambiguous:
        return "degree"
    if lowered in known.before_numbers:
        return "numbered"
    if len(word) >= _SHORTEST_STREET and lowered.endswith(_street_suffixes()):
        return "numbered"
    if lowered in known.times:
        return "time"
    if lowered in known.sentence_final:
        return "unit"
    return "degree" if _INITIALS.fullmatch(word) and ("." in word or "-" in word) else "word"


def _time_ends(following: str) -> bool | None:
    """Tell "at 9 a.m. Go" from "at 9 a.m. Monday"."""
    if not may_start_sentence(following) or following[0].isdigit():
        return False
    word = whole_word(following)
    return None if word is None else word not in all_languages().sentences.after_times


def _is_title(word: str, lowered: str) -> bool:
    known = all_languages().abbreviations
    if lowered not in known.titles:
        return False
    if len(word) > 1 and word.isupper() and has_case(word[0]):
        return lowered in known.titles_in_capitals
    return lowered not in known.capital_titles or word[0].isupper()


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
    words = "|".join(f"[{word[0]}{word[0].upper()}]{word[1:]}" for word in language.sentences.elided)
    return re.compile(f"(?:{words})['’](?=\\w\\w)")


@derived
def _street_suffixes(language: Language) -> tuple[str, ...]:
    return tuple(language.abbreviations.street_suffixes)
