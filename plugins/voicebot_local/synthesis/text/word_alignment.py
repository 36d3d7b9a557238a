"""Which phonemes of a sentence are which words.

espeak-ng writes phonemes of whole sentences, where words are joined ("of the" is one), divided (numbers) and
pronounced as their neighbours ask. The phonemes of each word on its own tell where it begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

_UNSPOKEN = frozenset(" .,:;!?\"'()-")
_MARKS = frozenset("ˈˌ")
"""Stress, which is written before its vowel and belongs to the word."""
_LENGTH = "\u02d0"
"""What makes the sound before it long."""


def word_starts(words: Sequence[str], phonemes: Sequence[str]) -> list[int | None]:
    """Return the index of the phoneme that each word begins with; None for a word that is not spoken.

    Args:
        words: the phonemes of each word on its own, in order.
        phonemes: those of the whole text.
    """
    places = [place for place, phoneme in enumerate(phonemes) if _is_sound(phoneme)]
    spoken = [phonemes[place][0] for place in places]
    starts: list[int] = []
    alone: list[str] = []
    for word in words:
        starts.append(len(alone))
        alone += [phoneme for phoneme in word if _is_sound(phoneme)]
    if not places or not alone:
        return [None] * len(words)
    matches = SequenceMatcher(None, alone, spoken, autojunk=False).get_matching_blocks()
    found: list[int | None] = []
    at = before = before_spoken = 0
    for start, end in zip(starts, [*starts[1:], len(alone)], strict=True):
        while matches[at].a + matches[at].size <= start and at < len(matches) - 1:
            before, before_spoken = (matches[at].a + matches[at].size, matches[at].b + matches[at].size)
            at += 1
        match = matches[at]
        if start >= match.a:
            index = match.b + start - match.a
        else:  # between what matches, in proportion
            index = before_spoken + (start - before) * (match.b - before_spoken) // (match.a - before)
        found.append(_with_marks(phonemes, places[min(index, len(places) - 1)]) if end > start else None)
    return found


def _is_sound(phoneme: str) -> bool:
    return phoneme not in _UNSPOKEN and phoneme not in _MARKS and phoneme != _LENGTH


def _with_marks(phonemes: Sequence[str], place: int) -> int:
    while place and phonemes[place - 1] in _MARKS:
        place -= 1
    return place
