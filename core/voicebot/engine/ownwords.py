"""Whether words that were heard are the bot's own, by what it has said."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from voicebot.engine.wording import words

_ECHOES = 0.5
"""Seconds after the bot's last word in which its echo may begin."""
_UNITS = 6
"""How many of the latest units of speech are compared."""
_FEW, _LATEST = 2, 16
"""So few words are an echo only if they are among so many latest ones of the bot."""
_MANY = 6
_MISHEARD = 1 / 3
"""The share of so many words and more that a recogniser may get wrong; of less, all must agree."""
_JOINED_IN = 3
"""When so many last words are not the bot's, the user has begun to speak over it."""
_ALIKE_LETTERS = 0.75
_QUICK, _AHEAD = 3.5, 3
"""Words that the quickest voices say in a second, and how many more may have been said."""
_NEVER_OWN = frozenset(
    "yes no yeah nope stop wait pause quiet enough "
    "ja nein stopp halt warte ruhe "
    "oui non arrête arrêtez attends attendez "
    "sí si para espera alto".split()
)
"""What a user says to the bot's face: it gets through even while the bot says the same."""
_UNSAID = float("inf")


@dataclass(slots=True)
class _Unit:
    at: float
    words: tuple[str, ...]

    def said(self, until: float) -> tuple[str, ...]:
        """Return the words that may have been said of it."""
        seconds = until - self.at
        return self.words[: int(seconds * _QUICK) + _AHEAD] if seconds >= 0 else ()


class OwnWords:
    """Compares what was heard with what the bot was saying when that began.

    An echo comes while the bot speaks, in its order, with some words misheard. What a user repeats of the
    bot's words after it has fallen silent ("Tea or coffee?" "Coffee.") is an answer. Times are seconds on
    any one clock.
    """

    def __init__(self) -> None:
        self._units: deque[_Unit] = deque(maxlen=_UNITS)
        self._silent_since = -_UNSAID

    def spoke(self, at: float, text: str) -> None:
        """Take note of a unit of speech that can be heard from `at` on."""
        self._units.append(_Unit(at, words(text)))
        self._silent_since = _UNSAID

    def fell_silent(self, at: float) -> None:
        """Take note that nothing more of it can be heard."""
        self._silent_since = at

    def include(self, text: str, began: float, until: float) -> bool:
        """Return whether words are probably the bot's own.

        Args:
            began: when the speech began in which they were heard.
            until: when they were told.
        """
        heard = words(text)
        if not heard or _NEVER_OWN.issuperset(heard) or began > self._silent_since + _ECHOES:
            return False
        said = [word for unit in self._units for word in unit.said(until)]
        if len(heard) <= _FEW:
            said = said[-_LATEST:]
        most = int(_MISHEARD * len(heard)) if len(heard) >= _MANY else 0
        taken = _as_said(heard, said, most)
        if taken is None:
            return False
        errors = _errors(taken, said)
        if len(heard) < _MANY:
            return errors == 0
        if heard[-1] in _NEVER_OWN and heard[-1] not in said:
            return False
        if errors - _errors(taken[:-_JOINED_IN], said) >= _JOINED_IN:
            return False
        return errors <= most


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
