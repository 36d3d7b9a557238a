"""Whether words that were heard are the bot's own, by what it has said."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from voicebot.engine.text.phrases import Phrases
from voicebot.engine.text.words import words
from voicebot.languages.known import derived
from voicebot.languages.language import Language

_ECHOES = 0.5
"""Seconds for which what was heard of the bot goes on in the room, and in the ears that notice speech."""
_UNITS = 32
"""How many units of speech are remembered; some of them may be heard later."""
_FEW, _LATEST = 2, 16
"""So few words are an echo only if they are among so many latest ones of the bot."""
_MANY = 6
_MISHEARD = 1 / 3
"""The share of so many words and more that a recogniser may get wrong; of less, all must agree."""
_JOINED_IN = 3
"""When so many last words are not the bot's, the user has begun to speak over it."""
_ALIKE_LETTERS = 0.75
_SLOW, _QUICK, _AHEAD = 1.0, 3.5, 3
"""Words that the slowest and the quickest voices say in a second, and how many more may have been said."""
_PAUSES = 3.0
"""Seconds for which a voice may pause in a unit."""
_SHORT = 1.5
"""Letters of a word on average below which a unit is of a script whose characters count as words."""
_SLOW_CHARACTERS, _QUICK_CHARACTERS = 2.0, 12.0
"""The same of scripts without blanks, of which each character counts."""
_NEVER = float("inf")


@dataclass(slots=True)
class _Unit:
    """A unit of speech that is heard from `at` to `until`, as far as that is known."""

    at: float
    words: tuple[str, ...]
    until: float = _NEVER

    def __post_init__(self) -> None:
        self.until = min(self.until, self.at + _PAUSES + len(self.words) / self.pace[0])

    @property
    def pace(self) -> tuple[float, float]:
        """Words that are said in a second, at least and at most."""
        characters = sum(map(len, self.words)) < _SHORT * len(self.words)
        return (_SLOW_CHARACTERS, _QUICK_CHARACTERS) if characters else (_SLOW, _QUICK)

    def left(self, at: float) -> tuple[str, ...]:
        """Return the words that may not have been heard yet."""
        return self.words[min(int(max(0.0, at - self.at) * self.pace[0]), len(self.words) - 1) :]

    def is_heard(self, began: float, until: float) -> bool:
        """Return whether some of it is heard between two moments, or echoes there."""
        return self.at <= until and began - _ECHOES <= self.until

    def said(self, began: float, until: float) -> tuple[str, ...]:
        """Return the words that a microphone may have heard between two moments."""
        if not self.is_heard(began, until):
            return ()
        began -= _ECHOES
        last = int((min(until, self.until) - self.at) * self.pace[1]) + _AHEAD
        return self.words[len(self.words) - len(self.left(began)) : last]


class EchoByWords:
    """Compares what was heard with what the bot was saying at that time.

    An echo comes while the bot speaks, in its order, with some words misheard. What a user repeats of the
    bot's words after it has fallen silent ("Tea or coffee?" "Coffee.") is an answer. Times are seconds on
    any one clock.
    """

    def __init__(self) -> None:
        self._units: deque[_Unit] = deque(maxlen=_UNITS)
        self._held = (_NEVER, _NEVER)
        """When the voice was held last, and when it went on."""

    def spoke(self, at: float, text: str) -> None:
        """Take note of a unit of speech that can be heard from `at` on, after those before it."""
        self._speak(at, words(text))

    def held(self, at: float) -> None:
        """Take note that nothing is heard until `resumed`."""
        self._held = (at, _NEVER)

    def resumed(self, at: float) -> None:
        """Take note that the voice goes on where it was held, if it was."""
        since, until = self._held
        if until != _NEVER or since == _NEVER:
            return
        self._held = (since, at)
        units, self._units = self._units, deque(maxlen=_UNITS)
        for unit in units:
            if unit.until <= since:
                self._units.append(unit)
            elif unit.at < since:
                self._units.append(replace(unit, until=since))
                self._speak(at, unit.left(since))
            else:
                self._speak(unit.at + at - since, unit.words)

    def fell_silent(self, at: float) -> None:
        """Take note that nothing more of it can be heard: what was to come never was."""
        since, until = self._held
        if until == _NEVER:
            at, self._held = min(at, since), (_NEVER, _NEVER)
        heard = [unit for unit in self._units if unit.at < at]
        for unit in heard:
            unit.until = min(unit.until, at)
        self._units = deque(heard, maxlen=_UNITS)

    def include(self, text: str, began: float, until: float) -> bool:
        """Return whether words are probably the bot's own.

        Args:
            began: when the speech began in which they were heard.
            until: when it stopped; when they were told, if it has not.
        """
        heard = words(text)
        if not heard or len(heard) in _never_echo().reached(heard) or self._was_held(began, until):
            return False
        if not any(unit.is_heard(began, until) for unit in self._units):
            return False
        said = [word for unit in self._units for word in unit.said(began, until)]
        if len(heard) <= _FEW:
            said = said[-_LATEST:]
        most = int(_MISHEARD * len(heard)) if len(heard) >= _MANY else 0
        taken = _as_said(heard, said, most)
        if taken is None:
            return False
        errors = _errors(taken, said)
        if len(heard) < _MANY:
            return errors == 0
        if heard[-1] not in said and _never_echo().ends(heard, len(heard) - 1):
            return False
        if errors - _errors(taken[:-_JOINED_IN], said) >= _JOINED_IN:
            return False
        return errors <= most

    def _speak(self, at: float, said: tuple[str, ...]) -> None:
        for unit in self._units:
            unit.until = min(unit.until, max(unit.at, at))
        if said:
            self._units.append(_Unit(at, said))

    def _was_held(self, began: float, until: float) -> bool:
        """Return whether the voice was held all the time."""
        return self._held[0] < began - _ECHOES and until <= self._held[1]


def _as_said(heard: tuple[str, ...], said: list[str], most: int) -> list[str] | None:
    """Return the words that were heard, each as the one that was said which it is like.

    None if more than `most` are like none: looking for likenesses is what takes long, and a user's words
    have few.
    """
    known = list(dict.fromkeys(said))
    taken, unlike = [], 0
    for word in heard:
        if word in known:
            taken.append(word)
            continue
        alike = get_close_matches(word, known, 1, _ALIKE_LETTERS)
        taken += alike or [word]
        unlike += not alike
        if unlike > most:
            return None
    return taken


def _errors(heard: Sequence[str], said: list[str]) -> int:
    """Return how many words lie between what was heard and the part of what was said that is most like it."""
    row = [0] * (len(said) + 1)
    for number, word in enumerate(heard, 1):
        above, row = row, [number]
        for index, other in enumerate(said):
            row.append(min(above[index] + (word != other), above[index + 1] + 1, row[index] + 1))
    return min(row)


@derived
def _never_echo(language: Language) -> Phrases:
    """Return what a user says to the bot's face: it gets through even while the bot says the same."""
    return Phrases(map(words, language.phrases.answers_and_commands))
