"""Where the words of a text are that a voice says in other words: "$3.50" is said in five."""

from __future__ import annotations

import re
from collections import deque

from voicebot import NormalizedText

_WORD = re.compile(r"\S+")


class WordPositions:
    """The words of a text that have not been said yet, found by positions in what is spoken instead.

    Args:
        text: the text as it was written.
        spoken: the same text as it is spoken.
    """

    def __init__(self, text: str, spoken: NormalizedText) -> None:
        self._spoken = spoken
        self._words = deque(match.span() for match in _WORD.finditer(text))

    def next_at(self, position: int) -> tuple[int, int] | None:
        """Return the range of the word that begins at a position of what is spoken.

        Several words that are spoken as one, such as "5 EUR", are one range.

        Returns:
            None if this is a part of a word that was returned before, or no word.
        """
        start, end = self._spoken.source(position, position + 1)
        while self._words and self._words[0][1] <= start:
            self._words.popleft()
        if not self._words or end <= self._words[0][0]:
            return None
        first, last = self._words.popleft()
        while self._words and self._words[0][0] < end:
            _, last = self._words.popleft()
        return first, last
