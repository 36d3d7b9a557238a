"""Open quotes, brackets and emphasis: a sentence that ends inside them does not end the one around them."""

from __future__ import annotations

from typing import NamedTuple

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
_MOST = 8


class Pair(NamedTuple):
    """An opening mark: what and where it is, and whether its sentence began before it."""

    mark: str
    at: int
    within_sentence: bool

    @property
    def holds_sentence(self) -> bool:
        """Whether no sentence ends between the marks: words in bold may be sentences of their own."""
        return self.within_sentence or self.mark not in EMPHASIS


class OpenPairs:
    """The pairs that are open at a place in a unit."""

    __slots__ = ("_open",)

    def __init__(self, opened: tuple[Pair, ...] = ()) -> None:
        self._open = opened

    def copy(self) -> OpenPairs:
        """Return a copy, to read ahead with."""
        return OpenPairs(self._open)

    def would_close(self, mark: str) -> bool:
        """Return whether `mark` would close something."""
        return any(mark in _CLOSED_BY[pair.mark] for pair in self._open)

    def read(self, mark: str, before: str, after: str, at: int, *, within_sentence: bool) -> Pair | None:
        """Read a mark between two characters; return the pair that it closes."""
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
                self._open = (*self._open, Pair(mark, at, within_sentence))[-_MOST:]
        return None

    def hold_sentence(self, at: int) -> bool:
        """Return whether an end of a sentence at `at` is within quotes or brackets."""
        return any(pair.holds_sentence and at - pair.at <= _LONGEST for pair in self._open)
