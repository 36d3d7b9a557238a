"""Roman numerals: "Henry VIII", "chapter IV", "le XXe siècle"; but not the word "I", initials and sizes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicebot.text_normalization.lexicon import Lexicon
from voicebot.text_normalization.normalized_text import Change
from voicebot.text_normalization.rules.ordinals import dotted_rule_set
from voicebot.text_normalization.rules.sentence_ends import stop_ends_sentence

_NUMERAL = re.compile(
    r"(?<![\w.'’-])([IVXL]{1,8})(\.(?=[,;:]|\s\w)|[eè](?:me)?|er|re)?(?!\w|-\w|['’](?!s(?!\w)))"
)
_VALID = re.compile("(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}
_BEFORE = re.compile(r"(?:([^\W\d_]+)\s)?([^\W\d_]+)\.?[\"'’]?\s\Z")
_AFTER = re.compile(r"\.?\s([^\W\d_]+)")
_PHRASE_END = re.compile(r"\s?(?:\Z|[,;:!?)\]\"”»–—]|\.(?:\W|\Z))")
_ONE, _FIVE, _FIFTY = "I", "V", "L"
_SIZES = frozenset({"XL", "XX"})
_DRIP = "IV"
_VIEW = 40
_LARGEST_AFTER_ANY_NAME = 19
_LARGEST_ORDINAL_NAME = 10


def changes(text: str, lexicon: Lexicon) -> Iterator[Change]:
    """Yield Roman numerals in words."""
    if not lexicon.known:
        return
    for match in _NUMERAL.finditer(text):
        if _VALID.fullmatch(match[1]):
            yield from _read(text, match, lexicon)


def _read(text: str, match: re.Match[str], lexicon: Lexicon) -> Iterator[Change]:
    """Yield a numeral in words, if the words around it make it one."""
    words = lexicon.words
    number = _value(match[1])
    before = _BEFORE.search(text, max(0, match.start() - _VIEW), match.start())
    previous = before[2] if before else ""
    after = _AFTER.match(text, match.end(1))
    following = after[1] if after else ""
    mark = match[2] or ""
    if following.lower() in words.after_roman_numerals:
        usual = words.rule_sets.get("century", ("ordinal",))[0]
        rule_set = dotted_rule_set(text, match.start(), lexicon) or usual
        yield Change(match.start(), match.end(), lexicon.spell(number, rule_set))
        return
    if mark not in {"", "."}:
        rule_set = words.ordinal_marks.get(mark, ("",))[0]
        if (rule_set and len(match[1]) > 1) or (mark in {"er", "re"} and number == 1):
            yield Change(match.start(), match.end(), lexicon.spell(number, rule_set or "ordinal"))
        return
    name = previous.lower()
    is_named = name in words.monarchs | words.queens and previous[0].isupper()
    if len(match[1]) == 1 and not _is_surely_numeral(text, match, before, following, lexicon):
        return
    end = match.end(1)
    is_counted = name in words.before_numbers and name not in lexicon.starters and match[1] != _ONE
    if name in words.before_roman_numerals or is_counted:
        yield Change(match.start(), end, lexicon.spell(number))
    elif is_named:
        is_ordinal = bool(words.ordinal_endings) and not stop_ends_sentence(text, match.end(), lexicon)
        end = match.end() if is_ordinal else end
        yield Change(match.start(), end, _regnal(number, lexicon, is_queen=name in words.queens))
    elif len(match[1]) > 1 and _may_follow(previous, match[1], number, lexicon):
        may_be_drip = match[1] == _DRIP and not _PHRASE_END.match(text, end)
        if not may_be_drip or following.lower() in lexicon.starters:
            yield Change(match.start(), end, lexicon.spell(number))


def _is_surely_numeral(
    text: str, match: re.Match[str], before: re.Match[str] | None, following: str, lexicon: Lexicon
) -> bool:
    """Tell "World War I" and "Charles V" from "the world I know", "As Paul I think" and "Mary L. Jones"."""
    if before is None or match[1] == _FIFTY:
        return False
    words = lexicon.words
    letter, title = match[1], (before[1] or "")
    has_title = title[:1].isupper() and title.lower() in words.before_numbered_names
    is_capital = before[2][0].isupper()
    is_initial = match[2] == "." and bool(following)
    if has_title and is_capital:
        return True
    if is_initial and words.ordinal_endings:
        return is_capital and letter != _FIVE
    if is_initial and not (following[0].isupper() and following.lower() in lexicon.starters):
        return False
    if letter == _ONE and letter.lower() in lexicon.starters:
        ends = bool(_PHRASE_END.match(text, match.end(1)))
        return is_capital and (ends or following in words.after_lone_numerals)
    return is_capital or letter == _FIVE


def _may_follow(previous: str, numeral: str, number: int, lexicon: Lexicon) -> bool:
    """Return whether a word may be a name with a number: "Rocky II", but not "The II" and "Size XL"."""
    is_name = previous[:1].isupper() and not previous.isupper() and previous.lower() not in lexicon.starters
    return is_name and numeral not in _SIZES and number <= _LARGEST_AFTER_ANY_NAME


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
