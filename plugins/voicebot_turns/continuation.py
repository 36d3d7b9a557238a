"""How often sentences end after their last two words: what a small language model knows, as a table.

The tables are in the folder `sentence_ends`, one for each language: English alone so far.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from voicebot import language_for

_TABLES = Path(__file__).parent / "sentence_ends"
_START = "<s>"
"""Stands for the word before the first one."""


class Continuation:
    """Tells whether the words so far usually go on.

    Args:
        lines: a line for each word: the word, how many sentences in a thousand end after it, and then pairs
            of a word before it and of how many end after both, if that differs.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._ends = {word: ends for word, _, ends in (line.partition(" ") for line in lines)}

    def ends(self, words: Sequence[str]) -> float | None:
        """Return the probability that a sentence ends after words as `spoken_words` gives them.

        That is about 0.075 where nothing is known of what follows, and None after a word that is not in the
        table.
        """
        *before, last = [_START, *(part for word in words[-2:] for part in word.split("-"))]
        if last not in self._ends:
            return None
        in_any_case, *pairs = self._ends[last].split()
        after_both = dict(zip(pairs[::2], pairs[1::2], strict=True))
        return int(after_both.get(before[-1], in_any_case)) / 1000


def continuation_for(tag: str) -> Continuation | None:
    """Return what is known of a language, given by a BCP 47 tag; None if that is nothing.

    The first call for a language reads a file.
    """
    return _read(language_for(tag).tag)


@cache
def _read(code: str) -> Continuation | None:
    path = _TABLES / f"{code}.txt.gz"
    if not code or not path.is_file():
        return None
    return Continuation(gzip.decompress(path.read_bytes()).decode("utf-8").splitlines())
