"""Words that show by themselves whose they are, which they are, and whether they were misheard."""

from __future__ import annotations

_MISHEARD = "x"
_SYLLABLES = 3
_STEP = 1009
"""Keeps consecutive words from being alike."""


def _word(number: int, consonants: str, vowels: str, step: int) -> str:
    number = number * step % (len(consonants) * len(vowels)) ** _SYLLABLES
    syllables = []
    for _ in range(_SYLLABLES):
        number, consonant = divmod(number, len(consonants))
        number, vowel = divmod(number, len(vowels))
        syllables.append(consonants[consonant] + vowels[vowel])
    return "".join(reversed(syllables))


def user_word(number: int, *, alike: bool = False) -> str:
    """Return a word that the user says once; words that are `alike` differ in a letter or two."""
    return _word(number, "bdgklmn", "aou", 1 if alike else _STEP)


def bot_word(number: int) -> str:
    """Return a word that the bot says once; it shares no letters with the user's words."""
    return _word(number, "prstvz", "eiy", _STEP)


def misheard(word: str) -> str:
    """Return what a recogniser may take a word for at first."""
    return word + _MISHEARD


def meant(word: str) -> str:
    """Return the word that was said, whether or not it was misheard."""
    return word.lower().strip(".,?!").removesuffix(_MISHEARD)


def is_misheard(word: str) -> bool:
    """Return whether a word was misheard."""
    return word.endswith(_MISHEARD)
