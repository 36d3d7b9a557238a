"""Finding what somebody said among phrases that are known, however long its sounds: `okaaay`, `mmmm-hm`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

_HELD = frozenset("aeiouhmwy\u30fc")
"""Letters that are written twice where a sound is held; others at least three times."""
_AT_LEAST = 3
_MORE_BLANKS = 1


class Phrases:
    """Phrases, each given as its words in small letters."""

    def __init__(self, phrases: Iterable[tuple[str, ...]]) -> None:
        self._known: dict[str, set[tuple[int, ...]]] = {}
        self._longest = 0
        for phrase in phrases:
            letters, times = _runs("".join(phrase))
            if letters:
                self._known.setdefault(letters, set()).add(times)
                self._longest = max(self._longest, len(phrase) + _MORE_BLANKS)

    def reached(self, said: tuple[str, ...], begun: Iterable[int] = (0,)) -> set[int]:
        """Return up to which words a text may consist of these phrases, one after the other.

        Args:
            begun: the words from which on it may do so.
        """
        reached = set(begun)
        for start in range(len(said)):
            if start in reached:
                reached |= self.ends(said, start)
        return reached

    def ends(self, said: tuple[str, ...], start: int) -> set[int]:
        """Return where a phrase may end that begins with a word; blanks within it make no difference."""
        last = min(len(said), start + self._longest)
        return {end for end in range(start + 1, last + 1) if self._has("".join(said[start:end]))}

    def _has(self, said: str) -> bool:
        letters, times = _runs(said)
        return any(all(map(_is_held, letters, written, times)) for written in self._known.get(letters, ()))


def _runs(text: str) -> tuple[str, tuple[int, ...]]:
    """Return the letters of a text without repetition, and how often each stands."""
    runs = [(letter, len(list(run))) for letter, run in groupby(text)]
    return "".join(letter for letter, _ in runs), tuple(times for _, times in runs)


def _is_held(letter: str, written: int, times: int) -> bool:
    """Return whether a letter, written once or more, may be meant where it stands so many times."""
    return times == written or (times > written and (letter in _HELD or times >= _AT_LEAST))
