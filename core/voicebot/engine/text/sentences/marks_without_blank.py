"""Whether a mark ends a sentence if no blank follows: in Chinese it does, in "3.5" it does not."""

from __future__ import annotations

from collections.abc import Iterable

from voicebot.engine.text.characters import (
    ELLIPSES,
    OPENING_QUOTES,
    POINTS,
    has_no_full_stops,
    is_symbol,
    is_unspaced,
)
from voicebot.engine.text.sentences.open_pairs import Pair

_CONTINUES_AFTER = ",;:，、；：،؛)]}）】/=+%"
_OPENING_MARKS = "¿¡"
_OPENING_MARKUP = "<[`*_【"


def ends_without_blank(text: str, at: int, run: str, following: str, closed: Iterable[Pair]) -> bool:
    """Return whether the mark at `at` ends a sentence.

    Args:
        run: the mark, with those that follow it directly.
        following: the character after them and what closes with them.
        closed: the pairs that close with them.
    """
    if following in _CONTINUES_AFTER:
        return False
    opens = following in OPENING_QUOTES or following in "¿¡（("
    is_dots = all(mark in ELLIPSES or mark in POINTS for mark in run)
    is_wide = not run.isascii() and not is_dots
    if any(pair.mark in OPENING_QUOTES or pair.within_sentence for pair in closed):
        return opens and is_wide
    if following == "<":
        return True
    if is_symbol(following):
        return run[0] not in POINTS or text[at - 1].isalpha()
    if is_wide:
        return following.isalnum() or opens or following in _OPENING_MARKUP
    if all(mark in ELLIPSES for mark in run) or (len(run) > 1 and run[0] in POINTS):
        return False
    if following in _OPENING_MARKS:
        return True
    if not is_unspaced(following) or has_no_full_stops(following):
        return _begins_next_sentence(text, at, run, following)
    return run[0] not in POINTS or not text[at - 1].isdigit()


def _begins_next_sentence(text: str, at: int, run: str, following: str) -> bool:
    """Return whether a word directly after a mark begins a sentence: "What?Yes", but not in an address."""
    if run in POINTS or not following.isalpha() or following.islower():
        return False
    word = text[:at].split()[-1:]
    is_plain = bool(word) and word[0].strip("\"'“¿¡(").replace("'", "").isalpha()
    return is_plain and text[max(0, at - 1)].isalpha()
