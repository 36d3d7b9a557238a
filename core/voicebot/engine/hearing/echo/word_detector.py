"""Detects the bot's own words among recognised ones, by what it has said and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from voicebot.dataclass import dataclass
from voicebot.engine.text.answers_and_commands import answers_and_commands
from voicebot.engine.text.words import words

_REVERBERATION = 0.5
"""Seconds for which the bot's voice lingers in the room and in a voice activity detector."""
_MAX_UNITS = 32
"""Units of speech that are remembered; some of them may be heard later."""
_FEW_WORDS, _LATEST_WORDS = 2, 16
"""This few words are an echo only if they are among this many of the bot's latest."""
_MANY_WORDS = 6
_MISHEARD_SHARE = 1 / 3
"""The share that a recogniser may get wrong of many words; fewer must all agree."""
_USER_JOINED_IN = 3
"""If this many words at the end are not the bot's, the user has begun to speak over it."""
_SIMILAR_LETTERS = 0.75
_MIN_RATE, _MAX_RATE, _LEAD = 1.0, 3.5, 3
"""Words per second of the slowest and the fastest voices, and how many more may have been said."""
_PAUSES = 3.0
"""Seconds for which a voice may pause within a unit."""
_CHARACTERS_AS_WORDS = 1.5
"""Letters per word, on average, below which each character of a unit's script counts as a word."""
_MIN_CHARACTER_RATE, _MAX_CHARACTER_RATE = 2.0, 12.0
"""Characters per second of the slowest and the fastest voices, in scripts without blanks."""
_NEVER = float("inf")


@dataclass(slots=True)
class _Unit:
    """A unit of the bot's speech, audible from `begins` to `ends` as far as is known; times in seconds."""

    begins: float
    words: tuple[str, ...]
    ends: float = _NEVER

    def __post_init__(self) -> None:
        self.ends = min(self.ends, self.begins + _PAUSES + len(self.words) / self.rates[0])

    @property
    def rates(self) -> tuple[float, float]:
        """Words per second, at least and at most."""
        if sum(map(len, self.words)) < _CHARACTERS_AS_WORDS * len(self.words):
            return _MIN_CHARACTER_RATE, _MAX_CHARACTER_RATE
        return _MIN_RATE, _MAX_RATE

    def remaining(self, at: float) -> tuple[str, ...]:
        """Return the words that may not have been heard yet."""
        said = int(max(0.0, at - self.begins) * self.rates[0])
        return self.words[min(said, len(self.words) - 1) :]

    def is_audible(self, began: float, until: float) -> bool:
        """Return whether some of the unit, or its reverberation, is heard between two moments."""
        return self.begins <= until and began - _REVERBERATION <= self.ends

    def words_between(self, began: float, until: float) -> tuple[str, ...]:
        """Return the words that a microphone may have captured between two moments."""
        if not self.is_audible(began, until):
            return ()
        first = len(self.words) - len(self.remaining(began - _REVERBERATION))
        last = int((min(until, self.ends) - self.begins) * self.rates[1]) + _LEAD
        return self.words[first:last]


class WordEchoDetector:
    """Compares recognised words with what the bot was saying at that time.

    An echo comes while the bot speaks, in the same order, with some words misheard. Words of the bot that a
    user repeats after it has stopped speaking ("Tea or coffee?" "Coffee.") are an answer. Times are in
    seconds, all on the same clock.
    """

    def __init__(self) -> None:
        self._units: list[_Unit] = []
        self._held = (_NEVER, _NEVER)
        """When the voice was last held, and when it was resumed."""

    def unit_spoken(self, at: float, text: str) -> None:
        """Record a unit of speech that is heard from `at` on, after those before it."""
        self._add(at, words(text))

    def held(self, at: float) -> None:
        """Record that nothing is heard until `resumed`."""
        self._held = (at, _NEVER)

    def resumed(self, at: float) -> None:
        """Record that the voice continues where it was held, if it was."""
        since, until = self._held
        if until != _NEVER or since == _NEVER:
            return
        self._held = (since, at)
        units, self._units = self._units, []
        for unit in units:
            if unit.ends <= since:
                self._units.append(unit)
            elif unit.begins < since:
                self._units.append(replace(unit, ends=since))
                self._add(at, unit.remaining(since))
            else:
                self._add(unit.begins + at - since, unit.words)

    def stopped(self, at: float) -> None:
        """Record that the bot stopped speaking: units that had not begun are never heard."""
        since, until = self._held
        if until == _NEVER:
            at, self._held = min(at, since), (_NEVER, _NEVER)
        self._units = [unit for unit in self._units if unit.begins < at]
        for unit in self._units:
            unit.ends = min(unit.ends, at)

    def is_echo(self, text: str, began: float, until: float) -> bool:
        """Return whether recognised words are probably the bot's own.

        Args:
            text: the words.
            began: when the speech began in which they were recognised.
            until: when it stopped, or when they were reported if it has not.
        """
        heard = words(text)
        if not heard or len(heard) in answers_and_commands().reached(heard) or self._was_held(began, until):
            return False
        if not any(unit.is_audible(began, until) for unit in self._units):
            return False
        said = [word for unit in self._units for word in unit.words_between(began, until)]
        if len(heard) <= _FEW_WORDS:
            said = said[-_LATEST_WORDS:]
        max_errors = int(_MISHEARD_SHARE * len(heard)) if len(heard) >= _MANY_WORDS else 0
        corrected = _corrected(heard, said, max_errors)
        if corrected is None:
            return False
        errors = _errors(corrected, said)
        if len(heard) < _MANY_WORDS:
            return errors == 0
        if heard[-1] not in said and answers_and_commands().ends(heard, len(heard) - 1):
            return False
        if errors - _errors(corrected[:-_USER_JOINED_IN], said) >= _USER_JOINED_IN:
            return False
        return errors <= max_errors

    def _add(self, at: float, unit_words: tuple[str, ...]) -> None:
        for unit in self._units:
            unit.ends = min(unit.ends, max(unit.begins, at))
        if unit_words:
            self._units.append(_Unit(at, unit_words))
            del self._units[:-_MAX_UNITS]

    def _was_held(self, began: float, until: float) -> bool:
        """Return whether the voice was held all the time."""
        return self._held[0] < began - _REVERBERATION and until <= self._held[1]


def _corrected(heard: tuple[str, ...], said: list[str], max_errors: int) -> list[str] | None:
    """Return the words that were heard, with each replaced by a similar one that was said.

    Returns None if more than `max_errors` resemble none: the search for similar words is slow, and few of a
    user's words have any.
    """
    from difflib import get_close_matches  # which a conversation may never need

    vocabulary = list(dict.fromkeys(said))
    corrected, unknown = [], 0
    for word in heard:
        if word in vocabulary:
            corrected.append(word)
            continue
        similar = get_close_matches(word, vocabulary, 1, _SIMILAR_LETTERS)
        corrected += similar or [word]
        unknown += not similar
        if unknown > max_errors:
            return None
    return corrected


def _errors(heard: Sequence[str], said: list[str]) -> int:
    """Return the edit distance, in words, from what was heard to the most similar part of what was said."""
    row = [0] * (len(said) + 1)
    for number, word in enumerate(heard, 1):
        above, row = row, [number]
        for index, other in enumerate(said):
            row.append(min(above[index] + (word != other), above[index + 1] + 1, row[index] + 1))
    return min(row)
