"""What the beginning of the next word says about the full stop before it.

The answer to each question is None if only more text would tell.
"""

from __future__ import annotations

import re

from voicebot.engine.text.characters import has_case
from voicebot.languages.known import all_languages, derived
from voicebot.languages.language import Language

_CAPITALS = re.compile("[A-Z]{1,7}")
_COUNTING = re.compile(r"(?:[IVXLCDM]{2,7}|[B-HJ-Z])\b")
_LETTERS = re.compile(r"[^\W\d_]+")
_LONGEST_WORD = 16
_NO_NUMBER = re.compile(r"No\. ?\d")
_NO_LENGTH = 5


def may_start_sentence(following: str) -> bool:
    """Return whether a sentence may begin with this: not with a lower-case letter."""
    return not following[0].islower() or not has_case(following[0])


def starts_sentence(following: str) -> bool | None:
    """Return whether the next word is one that often begins a sentence, not part of a name."""
    if not may_start_sentence(following):
        return False
    if not has_case(following[0]):
        return not following[0].isdigit()
    word = whole_word(following)
    return None if word is None else word in all_languages().sentences.starters


def whole_word(following: str) -> str | None:
    """Return the next word in lower case, empty for an initial or what is not a word."""
    letters = _LETTERS.match(following)
    if letters is None:
        return ""
    if letters.end() == len(following) and len(following) < _LONGEST_WORD:
        return None
    if letters.end() == 1 and following[1:2] == ".":  # an initial
        return ""
    if following.startswith("No."):
        if len(following) < _NO_LENGTH:
            return None
        if _NO_NUMBER.match(following):
            return ""
    return letters.group().lower()


def is_number(following: str) -> bool | None:
    """Return whether digits come next, a Roman numeral, or a letter that counts something."""
    if following[0].isdigit():
        return True
    capitals = _CAPITALS.match(following)
    if capitals is None:
        return False
    if capitals.end() == len(following):
        return None
    return _COUNTING.match(following) is not None


def is_era(following: str) -> bool | None:
    """Return whether years are counted from what comes next: "50 v. Chr."."""
    if following[0] not in _initials_of_eras():
        return False
    is_open = False
    for era in all_languages().sentences.eras:
        if following.startswith(era) and len(following) > len(era):
            if not following[len(era)].isalnum():
                return True
        elif era.startswith(following):
            is_open = True
    return None if is_open else False


@derived
def _initials_of_eras(language: Language) -> frozenset[str]:
    return frozenset(era[0] for era in language.sentences.eras)
