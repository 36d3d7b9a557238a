"""Redacting text that comes in pieces, where what must be removed may be cut in two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

PieceT = TypeVar("PieceT")


class HeldText(Generic[PieceT]):
    """Holds back the end of a text until more of it has come.

    Args:
        redact: removes from a whole text what must not be passed on.
        held: returns how many characters of the end of a text are held back.
    """

    def __init__(self, redact: Callable[[str], str], held: Callable[[str], int]) -> None:
        self._redact = redact
        self._held = held
        self._pieces: list[tuple[PieceT, str]] = []
        self._size = 0

    def feed(self, piece: PieceT, text: str) -> list[tuple[PieceT, str]]:
        """Add a piece; return those that are ready, with what may be passed on of them."""
        self._pieces.append((piece, text))
        self._size += len(text)
        held = self._held("".join(each for _, each in self._pieces))
        if self._size <= 2 * held:
            return []
        count, size = 0, 0
        while count < len(self._pieces) and size + len(self._pieces[count][1]) <= self._size - held:
            size += len(self._pieces[count][1])
            count += 1
        return self._passed_on(count) if count and self._can_be_cut(count) else []

    def finish(self) -> list[tuple[PieceT, str]]:
        """Return the rest."""
        return self._passed_on(len(self._pieces))

    def _can_be_cut(self, count: int) -> bool:
        """Return whether nothing is removed across the end of a number of pieces."""
        before = "".join(text for _, text in self._pieces[:count])
        after = "".join(text for _, text in self._pieces[count:])
        return self._redact(before + after) == self._redact(before) + self._redact(after)

    def _passed_on(self, count: int) -> list[tuple[PieceT, str]]:
        """Return pieces; if something was removed, all of the text is that of the first."""
        pieces, self._pieces = self._pieces[:count], self._pieces[count:]
        text = "".join(text for _, text in pieces)
        self._size -= len(text)
        redacted = self._redact(text)
        if redacted != text:
            return [(pieces[0][0], redacted)]
        return pieces
