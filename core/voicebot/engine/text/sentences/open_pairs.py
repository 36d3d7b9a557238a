"""Quotes, brackets and emphasis that are open: what ends within does not end the sentence around them."""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.engine.text.characters import EMPHASIS, is_unspaced

_CLOSED_BY = {
    '"': '"',
    "“": "”",
    "„": '“”"',
    "”": "”",
    "«": "»",
    "»": "«»",
    "‹": "›",
    "›": "‹›",
    "‘": "’",
    "‚": "‘’",
    "「": "」",
    "『": "』",
    "《": "》",
    "(": ")",
    "（": "）",
    "*": "*",
    "_": "_",
}
PAIRED = "".join(_CLOSED_BY) + "».’”›」』》)）"
_ALWAYS_OPEN = "“„«‘‚「『《(（"
_LONGEST = 150
"""Characters for which a pair may hold a sentence together: it may never be closed."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An opening mark: where it is, and whether its sentence had begun before it."""

    mark: str
    at: int
    within: bool

    @property
    def holds(self) -> bool:
        """Whether ends of sentences between the marks are none: bold words may be sentences of their own."""
        return self.within or self.mark not in EMPHASIS


class OpenPairs:
    """The marks that are open at a place in a unit."""

    def __init__(self, opened: tuple[Pair, ...] = ()) -> None:
        self._open = opened

    def copy(self) -> OpenPairs:
        """Return the same, to look ahead with."""
        return OpenPairs(self._open)

    def awaits(self, mark: str) -> bool:
        """Say whether `mark` would close something."""
        return any(mark in _CLOSED_BY[pair.mark] for pair in self._open)

    def take(self, mark: str, before: str, after: str, at: int, *, within: bool) -> Pair | None:
        """Take a mark between two characters; return the pair that it closes."""
        if mark in "’'" and after.isalnum():  # an apostrophe
            return None
        for index in range(len(self._open) - 1, -1, -1):
            if mark in _CLOSED_BY[self._open[index].mark]:
                closed = self._open[index]
                self._open = self._open[:index]
                return closed
        if mark in _CLOSED_BY and (mark == "«" or not after.isspace()):
            free = not before or not before.isalnum() or (is_unspaced(before) and mark not in EMPHASIS)
            if mark in _ALWAYS_OPEN or free:
                self._open = (*self._open, Pair(mark, at, within))[-8:]
        return None

    def hold(self, at: int) -> bool:
        """Say whether an end of a sentence at `at` is within a quote or brackets."""
        return any(pair.holds and at - pair.at <= _LONGEST for pair in self._open)
