"""Finding known phrases in what somebody said, even with sounds drawn out: `okaaay`, `mmmm-hm`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

_OFTEN_DRAWN_OUT = frozenset("aeiouhmwy\u30fc")
"""Letters of which two are enough to write a sound that is drawn out; of others it takes three."""
_DRAWN_OUT = 3
_EXTRA_BLANKS = 1


class PhraseSet:
    """A set of phrases, each given as its words, folded."""

    def __init__(self, phrases: Iterable[tuple[str, ...]]) -> None:
        self._known: dict[str, set[tuple[int, ...]]] = {}
        self._longest = 0
        for phrase in phrases:
            letters, times = _runs("".join(phrase))
            if letters:
                self._known.setdefault(letters, set()).add(times)
                self._longest = max(self._longest, len(phrase) + _EXTRA_BLANKS)

    def reached(self, said: tuple[str, ...]) -> set[int]:
        """Return the places up to which the words are such phrases, one after the other."""
        reached = {0}
        for start in range(len(said)):
            if start in reached:
                reached |= self.ends(said, start)
        return reached

    def ends(self, said: tuple[str, ...], start: int) -> set[int]:
        """Return the places where a phrase that begins at `start` may end, however its words are spaced."""
        last = min(len(said), start + self._longest)
        return {end for end in range(start + 1, last + 1) if self._has("".join(said[start:end]))}

    def _has(self, said: str) -> bool:
        letters, times = _runs(said)
        return any(all(map(_may_be, letters, known, times)) for known in self._known.get(letters, ()))


def _runs(text: str) -> tuple[str, tuple[int, ...]]:
    """Return the letters of a text without repetitions, and how often each was repeated."""
    runs = [(letter, len(list(run))) for letter, run in groupby(text)]
    return "".join(letter for letter, _ in runs), tuple(times for _, times in runs)


def _may_be(letter: str, known: int, times: int) -> bool:
    """Return whether a letter that is there `times` times may be one that a phrase has `known` times."""
    return times == known or (times > known and (letter in _OFTEN_DRAWN_OUT or times >= _DRAWN_OUT))
