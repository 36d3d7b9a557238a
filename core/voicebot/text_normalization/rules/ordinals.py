"""Ordinal numbers and Roman numerals: "21st", "am 3. Mai", "1er", "Henry VIII", "chapter IV"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicebot.languages.known import language_for
from voicebot.text_normalization.lexicon import Lexicon
from voicebot.text_normalization.normalized_text import Change
from voicebot.text_normalization.rules.sentence_ends import stop_ends_sentence

_MARKED = re.compile(r"(?<![\w.,])(\d{1,3}(?:,\d{3}){1,3}|\d{1,9})(\.?[ºª°]|\.?[^\W\d_]{1,4})(?!\w)")
_DOTTED = re.compile(r"(?<![\w.,:/-])(\d{1,3})\.(?= ([^\W\d_]+))")
_ROMAN = re.compile(r"(?<![\w.-])([IVXL]{1,8})(\.(?=[,;:]|\s\w)|[eè](?:me)?|er|re)?(?![\w])")
_VALID_ROMAN = re.compile("(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}
_WORD_BEFORE = re.compile(r"([^\W\d_]+)\.?[\"'’]?\s\Z")
_WORDS_BEFORE = re.compile(r"(?:([^\W\d_]+)\s)?([^\W\d_]+)\s\Z")
_WORD_AFTER = re.compile(r"\.?\s([^\W\d_]+)")
_VIEW = 40
_LARGEST_ORDINAL_NAME = 10


def changes(text: str, lexicon: Lexicon) -> Iterator[Change]:
    """Yield ordinal numbers and Roman numerals in words."""
    for match in _MARKED.finditer(text):
        mark = match[2].lstrip(".").lower()
        rule_set = lexicon.words.ordinal_marks.get(mark)
        digits = match[1].replace(",", "")
        if rule_set and (len(digits) == 1 or not digits.startswith("0")):
            yield Change(*match.span(), lexicon.spell(digits, rule_set[0]))
    if lexicon.words.ordinal_endings:
        yield from _dotted(text, lexicon)
    if lexicon.known:
        yield from _roman(text, lexicon)


def dotted_rule_set(text: str, at: int, lexicon: Lexicon) -> str | None:
    """Return the rule set for an ordinal number, by the words before it: "am 3. Mai", "der 3. Mai".

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


def _roman(text: str, lexicon: Lexicon) -> Iterator[Change]:
    words = lexicon.words
    for match in _ROMAN.finditer(text):
        if not _VALID_ROMAN.fullmatch(match[1]):
            continue
        number = _value(match[1])
        before = _WORD_BEFORE.search(text, max(0, match.start() - _VIEW), match.start())
        previous = before[1] if before else ""
        after = _WORD_AFTER.match(text, match.end(1))
        following = after[1].lower() if after else ""
        mark = match[2] or ""
        end = match.end(1) if mark == "." else match.end()
        if following in words.after_roman_numerals:
            usual = words.rule_sets.get("century", ("ordinal",))[0]
            rule_set = dotted_rule_set(text, match.start(), lexicon) or usual
            yield Change(match.start(), match.end(), lexicon.spell(number, rule_set))
        elif mark not in {"", "."}:
            rule_set = words.ordinal_marks.get(mark, ("",))[0]
            if (rule_set and len(match[1]) > 1) or mark in {"er", "re"}:
                yield Change(match.start(), end, lexicon.spell(number, rule_set or "ordinal"))
        elif previous.lower() in words.before_roman_numerals or previous.lower() in words.before_numbers:
            yield Change(match.start(), end, lexicon.spell(number))
        elif previous.lower() in words.monarchs | words.queens and previous[0].isupper():
            is_ordinal = bool(words.ordinal_endings) and not stop_ends_sentence(text, match.end(), lexicon)
            end = match.end() if is_ordinal else end
            is_queen = previous.lower() in words.queens
            yield Change(match.start(), end, _regnal(number, lexicon, is_queen=is_queen))
        elif len(match[1]) > 1 and previous[:1].isupper() and not previous.isupper():
            yield Change(match.start(), end, lexicon.spell(number))


def _regnal(number: int, lexicon: Lexicon, *, is_queen: bool) -> str:
    """Return the number of a monarch: "the eighth"; high ones are not ordinal numbers in some languages."""
    rule_sets = lexicon.words.rule_sets
    if is_queen and "queen" in rule_sets:
        spelled = lexicon.spell(number, rule_sets["queen"][0])
        return lexicon.format("queen", number=spelled) or spelled
    low = rule_sets.get("monarch", ("numbering",))[0]
    high = rule_sets.get("high_monarch", (low,))[0]
    if number == 1:
        low = rule_sets.get("first_monarch", (low,))[0]
    spelled = lexicon.spell(number, low if number <= _LARGEST_ORDINAL_NAME else high)
    return lexicon.format("monarch", number=spelled) or spelled


def _value(numeral: str) -> int:
    value = 0
    for letter, following in zip(numeral, f"{numeral[1:]} ", strict=True):
        value += -_VALUES[letter] if _VALUES[letter] < _VALUES.get(following, 0) else _VALUES[letter]
    return value
