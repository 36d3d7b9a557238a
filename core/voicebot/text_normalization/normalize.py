"""Text as it is to be spoken: `normalize_text` applies the rules, of which earlier ones take precedence."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from voicebot.text_normalization.normalized_text import Change, Changes, NormalizedText, changed


def normalize_text(text: str, language: str) -> NormalizedText:
    """Return a text with its written forms in words: "$3.50" as "three dollars and fifty cents".

    It is for voices that would read such forms wrongly, and for text without markup. Languages that only the
    numbers are known of have only these in words; in all others, only pictures are removed.

    It needs the package `unicode-rbnf`, which comes with the extras of our voices that read written forms
    wrongly. Without it, the text stays as it is; a plugin whose voice needs it requires it itself.

    Args:
        text: any text.
        language: the BCP 47 tag of its language, such as `en-US`.
    """
    # the rules compile dozens of regular expressions, which only voices that need them should wait for
    from voicebot.text_normalization.lexicon import lexicon_for
    from voicebot.text_normalization.precedence import RULES, RULES_FOR_ANY_LANGUAGE
    from voicebot.text_normalization.spelling import is_installed

    if not is_installed():
        return changed(text, [])
    lexicon = lexicon_for(language)
    found = _Changes(text)
    has_figures = any(map(str.isnumeric, text))
    for rule, needs_figures in RULES if lexicon.known else RULES_FOR_ANY_LANGUAGE:
        if has_figures or not needs_figures:
            found.add(rule(text, lexicon))
    return changed(text, found.in_order)


class _Changes:
    """Changes in order, none of which overlaps an earlier one."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.in_order: list[Change] = []
        self._starts: list[int] = []

    def add(self, changes: Iterable[Changes]) -> None:
        """Add the changes of a rule, but for those that overlap one that is already there.

        One that would remove words is left out too: the language has no words for it. Of several that belong
        together, all are left out or none.
        """
        for each in changes:
            group = (each,) if isinstance(each, Change) else each
            if all(map(self._fits, group)):
                for change in group:
                    index = bisect_right(self._starts, change.start)
                    self.in_order.insert(index, change)
                    self._starts.insert(index, change.start)

    def _fits(self, change: Change) -> bool:
        if not change.spoken.strip() and any(map(str.isalnum, self._text[change.start : change.end])):
            return False
        index = bisect_right(self._starts, change.start)
        is_free = not index or self.in_order[index - 1].end <= change.start
        return is_free and (index == len(self._starts) or change.end <= self._starts[index])
