"""Text that a model has repeated or made up, by its form: a known weakness of Whisper on short sound."""

from __future__ import annotations

import re

MOST_WORDS_A_SECOND = 4.5
"""The pace of fast speech in a sound with some silence; what is faster is decoded again, with more room."""
_IMPOSSIBLE_WORDS_A_SECOND = 7.0
"""Nobody speaks faster, so that some of the words were not said."""
_WORD = re.compile(r"\w+(?:['’]\w+)*")  # noqa: RUF001 - models write both apostrophes
_SHORTEST, _TIMES = 3, 2
"""Words in a row that are hardly ever said twice, and how often they are then taken for a repetition."""
_SHORT_TIMES = 4
"""The same for fewer words: "no no no" is said."""


def is_doubtful(text: str, seconds: float) -> bool:
    """Return whether the text of a sound of so many seconds repeats itself, or has too many words."""
    words = _words(text)
    return len(words) > MOST_WORDS_A_SECOND * max(seconds, 1.0) or _repeated(words) is not None


def is_impossible(text: str, seconds: float) -> bool:
    """Return whether nobody can say a text in so many seconds of speech."""
    return len(_words(text)) > _IMPOSSIBLE_WORDS_A_SECOND * max(seconds, 1.0)


def without_repetition(text: str) -> str:
    """Return a text with words that follow themselves kept once."""
    while (found := _repeated(_words(text))) is not None:
        first, size = found
        places = [match.span() for match in _WORD.finditer(text)]
        text = text[: places[first + size - 1][1]] + text[places[first + 2 * size - 1][1] :]
    return text


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _repeated(words: list[str]) -> tuple[int, int] | None:
    """Return where words begin that are followed by themselves, and how many they are."""
    for size in range(len(words) // 2, 0, -1):
        times = _TIMES if size >= _SHORTEST else _SHORT_TIMES
        for first in range(len(words) - times * size + 1):
            unit = words[first : first + size]
            if words[first : first + times * size] == unit * times:
                return first, size
    return None
