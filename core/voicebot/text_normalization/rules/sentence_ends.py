"""Whether the full stop of an abbreviation also ends a sentence, in text that may be several sentences."""

from __future__ import annotations

import re

from voicebot.text_normalization.lexicon import Lexicon

_CAPITAL = re.compile(r"\s{1,20}[^\W\d_a-zà-öø-ÿ]")
_FOLLOWING = re.compile(r"[\"'”’»)\]]{0,3}(?:\s{0,20}\Z|\s{0,20}\n|\s{1,20}[\"'“„«»(¿¡]{0,2}([^\W\d_]+))")


def stop_ends_sentence(text: str, end: int, lexicon: Lexicon) -> bool:
    """Return whether the full stop before `end` ends a sentence: before nothing or a word that starts one."""
    following = _FOLLOWING.match(text, end)
    if following is None:
        return False
    word = following[1]
    return word is None or (word[0].isupper() and word.lower() in lexicon.starters)


def stop_after_unit_ends_sentence(text: str, end: int, lexicon: Lexicon) -> bool:
    """Return whether the full stop of a unit also ends a sentence: also before any capitalised word.

    Names rarely follow units; but nouns do, in languages that capitalise them.
    """
    is_before_capital = not lexicon.format("nouns") and _CAPITAL.match(text, end) is not None
    return is_before_capital or stop_ends_sentence(text, end, lexicon)
