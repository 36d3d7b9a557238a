"""Ordinal numbers: "21st", "am 3. Mai", "1er"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicebot.languages.known import language_for
from voicebot.text_normalization.lexicon import Lexicon
from voicebot.text_normalization.normalized_text import Change

_MARKED = re.compile(r"(?<![\w.,])(\d{1,3}(?:,\d{3}){1,3}|\d{1,9})(\.?[ºª°]|\.?[^\W\d_]{1,4})(?!\w)")
_DOTTED = re.compile(r"(?<![\w.,:/-])(\d{1,3})\.(?= ([^\W\d_]+))")
_WORD_BEFORE = re.compile(r"([^\W\d_]+)\.?[\"'’]?\s\Z")
_WORDS_BEFORE = re.compile(r"(?:([^\W\d_]+)\s)?([^\W\d_]+)\s\Z")
_JOINED = re.compile(r"(?<![\w.,])\d{1,3}\.(?: [^\W\d_]+|,) \Z")
_VIEW = 40
_MOST_LINKS = 3


def changes(text: str, lexicon: Lexicon) -> Iterator[Change]:
    """Yield ordinal numbers in words."""
    for match in _MARKED.finditer(text):
        mark = match[2].lstrip(".").lower()
        rule_set = lexicon.words.ordinal_marks.get(mark)
        digits = match[1].replace(",", "")
        if rule_set and (len(digits) == 1 or not digits.startswith("0")):
            yield Change(*match.span(), lexicon.spell(digits, rule_set[0]))
    if lexicon.words.ordinal_endings:
        yield from _dotted(text, lexicon)


def dotted_rule_set(text: str, at: int, lexicon: Lexicon, links: int = _MOST_LINKS) -> str | None:
    """Return the rule set for an ordinal number, by the words before it: "am 3. Mai", "der 3. Mai".

    The second of "am 1. und 2. Mai" is as the first is; so are others, up to `links`.

    It is None if the language has no such endings.
    """
    endings = lexicon.words.ordinal_endings
    if not endings:
        return None
    before = _WORDS_BEFORE.search(text, max(0, at - _VIEW), at)
    if before is not None:
        both = f"{before[1]} {before[2]}".lower() if before[1] else ""
        rule_set = endings.get(both) or endings.get(before[2].lower())
        if rule_set:
            return rule_set[0]
    joined = _JOINED.search(text, max(0, at - _VIEW), at) if links else None
    if joined is not None:
        return dotted_rule_set(text, joined.start(), lexicon, links - 1)
    return endings.get("*", ("",))[0] or None


def _dotted(text: str, lexicon: Lexicon) -> Iterator[Change]:
    """Yield numbers with a full stop that does not end the sentence, in languages that write ordinals so."""
    known = language_for(lexicon.tag).sentences
    for match in _DOTTED.finditer(text):
        following = match[2].lower()
        before = _WORD_BEFORE.search(text, max(0, match.start() - _VIEW), match.start())
        previous = before[1].lower() if before else ""
        counted = following in known.counted
        if not counted and match[2][0].isupper():
            starts = following in known.starters
            after_article = previous in known.before_ordinals or previous in lexicon.words.ordinal_endings
            if not after_article or (starts and previous not in known.only_before_ordinals):
                continue
        rule_set = dotted_rule_set(text, match.start(), lexicon)
        if rule_set is not None:
            yield Change(match.start(), match.end(), lexicon.spell(int(match[1]), rule_set))
