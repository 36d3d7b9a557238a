"""Whether a full stop ends a sentence: most do, but not those of abbreviations, numbers and initials."""

from __future__ import annotations

import re

from voicebot.engine.text.characters import has_case, has_no_full_stops
from voicebot.engine.text.sentences.abbreviations import (
    CAPITAL_TITLES,
    CAPITALISED,
    DEGREES,
    GOES_ON,
    LABELLED,
    NUMBERED,
    TITLES,
    UNITS,
)
from voicebot.engine.text.sentences.next_word import is_era, is_number, is_start, starts_sentence, whole_word
from voicebot.engine.text.sentences.sentence_starters import (
    AFTER_TIMES,
    BEFORE_ORDINALS,
    COUNTED,
    MONTHS,
    SENTENCE_STARTERS,
    WEEKDAYS,
)

_ROMAN = re.compile(r"(?=[IVXL])X{0,4}L?X{0,3}(?:IX|IV|V?I{0,3})")
_CENTURY = re.compile("[IVX]{2,6}|[VX]")
_DATE = re.compile(r"(\d{1,2})\.|[12]\d{3}(?!\d)")
_INITIALS = re.compile(r"[^\W\d_](?:[.\-·]+[^\W\d_]{1,2})*")
_TRIMMED = "\"'“”„‘’«»‹›([{（*_~`#>/|—–-\u200e\u200f\u202a-\u202e¿¡"
_LONGEST_BEFORE_ERA = 3
_ELISION = re.compile(r"(?:[ldsnLDSN]|[Qq]u|[Uu]n|[Dd]ell|[Aa]ll|[Nn]ell|[Ss]ull|[Dd]all)['’](?=\w\w)")
_TIMES = frozenset({"a.m", "p.m"})
_INITIAL = re.compile("[\u0590-\u06ff\u0900-\u0dff\u0e00-\u0eff\u10a0-\u10ff]")
_AFFIXES = ("str", "pl", "gt", "vn")
_YEAR = 4
_AFFIXED = 4
"""Letters of the shortest word that may have a street's kind at its end: "Ringstr."."""
_VIEW = 80
_ITEM_NUMBER = re.compile(r"[\s>#*+•_-]*(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-zА-Яа-я]|[IVXivx]{1,5})")
"""What is before the full stop of an item's number in its line: the number, and before it markup alone."""


def point_ends(text: str, index: int, following: str, *, line: int | None) -> bool | None:
    """Say whether the full stop at `index`, which a blank and then `following` come after, ends a sentence.

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
    word = _ELISION.sub("", word)
    if word.isdigit():
        return _number_ends(word, previous, following)
    return _word_ends(word, previous, following)


def _word_ends(word: str, previous: str, following: str) -> bool | None:
    counted = previous[-1:].isdigit() or _CENTURY.fullmatch(previous) is not None
    if len(word) == 1:
        return _letter_ends(word, previous, following, counted=counted)
    if _ROMAN.fullmatch(word):
        if not is_start(following) or not previous:  # "IV. Béla király"
            return False
        return starts_sentence(following) if previous[:1].isupper() else True
    match _kind(word, previous, counted=counted):
        case "goes on":
            return False
        case "unit" if word.lower() in WEEKDAYS and is_start(following):
            month = whole_word(following)
            return None if month is None else month not in MONTHS and not following[0].isdigit()
        case "unit":
            return is_start(following) and not following[0].isdigit()
        case "degree":
            return starts_sentence(following)
        case "time":
            return _time_ends(following)
        case "numbered":
            number = is_number(following) if is_start(following) else True
            return None if number is None else not number
    return is_start(following)


def _kind(word: str, previous: str, *, counted: bool) -> str:
    """Return what kind of an abbreviation a word is: what may follow it."""
    both = f"{previous.rstrip('.').lower()}.{word.lower()}"
    if "." in word and word[0].isalpha() and not has_case(word[0]):
        return "goes on"
    if ".-" in word and word[-2:-1].isalpha():  # Dipl.-Ing.
        word = word.rpartition("-")[2]
    lowered = word.lower()
    if lowered == "ok":  # "ok. 10 minut", but "Ok. 10 minutes"
        return "numbered" if previous and word.islower() else "word"
    if (both in GOES_ON or lowered in GOES_ON) and not counted:
        return "goes on"
    if both in UNITS or (lowered == "al" and previous.lower() == "et"):
        return "unit"
    if _is_title(word, lowered) and not (counted and (lowered in UNITS or lowered in NUMBERED)):
        return "degree" if lowered in DEGREES else "goes on"
    return _other_kind(word, lowered)


def _other_kind(word: str, lowered: str) -> str:
    if lowered in DEGREES:
        return "degree"
    if lowered in NUMBERED or (lowered.endswith(_AFFIXES) and len(word) > _AFFIXED):
        return "numbered"
    if lowered in _TIMES:
        return "time"
    if lowered in UNITS:
        return "unit"
    return "degree" if _INITIALS.fullmatch(word) and ("." in word or "-" in word) else "word"


def _time_ends(following: str) -> bool | None:
    """Tell "at 9 a.m. Go" from "at 9 a.m. Monday"."""
    if not is_start(following) or following[0].isdigit():
        return False
    word = whole_word(following)
    return None if word is None else word not in AFTER_TIMES


def _is_title(word: str, lowered: str) -> bool:
    if lowered not in TITLES:
        return False
    if len(word) > 1 and word.isupper() and has_case(word[0]):
        return lowered in CAPITALISED
    return lowered not in CAPITAL_TITLES or word[0].isupper()


def _letter_ends(word: str, previous: str, following: str, *, counted: bool) -> bool | None:
    """Tell "plan B. We" and "taller than I. So" from "J. K. Rowling" and "z. B. Brot"."""
    if not word.isalpha():
        return is_start(following)
    if not has_case(word):
        return not _INITIAL.match(word)
    if counted:  # a unit, as in "5 m."
        return is_start(following) and not following[0].isdigit()
    if following[0].isdigit():
        return previous.lower() in LABELLED
    if not is_start(following):
        return False
    both = f"{previous.rstrip('.').lower()}.{word.lower()}"
    if both in GOES_ON:
        return False
    if both in UNITS or previous.lower() in LABELLED:
        return True
    if word == "I" and not previous[:1].isupper():
        return True
    if word in "xy" or (previous and not any(map(str.isalnum, previous))):  # a variable: "x < y."
        return True
    return starts_sentence(following)


def _number_ends(number: str, previous: str, following: str) -> bool | None:
    """Tell "in 1999. Then" from an ordinal number: "am 3. Mai", "im 19. Jahrhundert"."""
    if not is_start(following):
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
    if word in COUNTED or not (previous or word in SENTENCE_STARTERS):
        return False
    return previous.lower() not in BEFORE_ORDINALS or (
        word in SENTENCE_STARTERS and previous.lower() != "der"
    )


def _words_before(text: str, index: int, start: int) -> tuple[str, str]:
    """Return the word before a full stop and the one before it, without what surrounds them."""
    before = text[max(start, index - _VIEW) : index]
    words = before.split()
    word = words[-1] if words and not before[-1:].isspace() else ""
    previous = words[-2] if len(words) > 1 else ""
    return previous.strip(_TRIMMED), word.strip(_TRIMMED).rpartition("(")[2]
