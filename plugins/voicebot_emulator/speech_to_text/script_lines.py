"""Which line of the script a stretch of speech is."""

from __future__ import annotations

import heapq


class ScriptLines:
    """Hands out the numbers of the script's lines; one whose transcript never got out is heard again.

    That is what makes a lost connection harmless: the client repeats the speech, and it is the same speech.
    """

    def __init__(self) -> None:
        self._next = 0
        self._again: list[int] = []

    def take(self) -> int:
        """Return the line, counted from 0, of a stretch of speech that begins."""
        if self._again:
            return heapq.heappop(self._again)
        self._next += 1
        return self._next - 1

    def give_back(self, number: int) -> None:
        """Keep a line for the next stretch of speech."""
        heapq.heappush(self._again, number)
