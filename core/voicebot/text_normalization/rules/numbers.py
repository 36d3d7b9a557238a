"""Numbers on their own: years, decades, versions, and what is left."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicebot.text_normalization.lexicon import Lexicon
from voicebot.text_normalization.normalized_text import Change
from voicebot.text_normalization.spelling import NUMBERING

_YEAR = re.compile(r"(?<![\w.,$€£])(1\d\d\d|20\d\d)(?!\w|[.,:/]\d|\s?[%$€£°=+×*])")
_DECADE = re.compile(r"(?<![\w.,])(['’])?((?:1[1-9]|20)\d0|[2-9]0)(['’]?s|ern?)(?!\w)")
_PLURAL = re.compile(r"(?<![\w.,:/$€£'’-])(0|\d{2,3}[1-9])s(?!\w)")
_SHORT_YEAR = re.compile(r"(?<!\w)['’](\d\d)(?![\w'’]|[.,]\d)")
_VERSION = re.compile(r"(?<![\w.])([vV])\.?(\d{1,5}(?:\.\d{1,5}){0,5})(?![\w]|\.\d)")
_DOTTED = re.compile(r"(?<![\w.,])(\d{1,5}(?:\.\d{1,5}){2,5})(?!\w|[.,]\d)")
_AFTER_NAME = re.compile(r"(?<!\w)([^\W\d_]{2,20})[ -](\d{1,4}(?:\.\d{1,5}){1,5})(?!\w|[.,]\d)")
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3}){2,4}")
_NUMBER = (
    r"(?<!\w)(?<!\d[.,])(?:(?<![\w)\]%°.,-])([-−+±])(?=[\d.]))?(<N>|(?<![\d.…])\.\d{1,12}(?!\d))"
    r"(?:(?![^\W⁰¹²³⁴-⁹]|[.,]?\d)|(?=([A-Za-z])(?!\w)))"
)
_PLAIN = re.compile(r"(?<![\w.,:/+#$€£-])\d{1,15}(?![\w:/%$€£°+#-]|[.,]\d|\.(?=\s|\Z)\s?[^\W\d_A-Z])")
_AFTER = re.compile(r"\s([^\W\d_]+)")
_BEFORE = re.compile(r"([^\W\d_]+)[,.]?\s\Z")
_VIEW = 30
_FIRST_SURE_YEAR = "1100"
_SHORTEST_PLURAL = 5
_TWO_DIGITS = 2


def changes(text: str, lexicon: Lexicon) -> Iterator[Change]:
    """Yield numbers in words."""
    for match in _VERSION.finditer(text):
        if match[1] == "V" and "." not in match[0]:
            continue  # an engine
        yield Change(*match.span(), f"{lexicon.format('version')} {_dotted(match[2], lexicon)}".strip())
    for match in _DOTTED.finditer(text):
        if not lexicon.pattern("<N>").fullmatch(match[0]):
            is_grouped = _GROUPED.fullmatch(match[0])
            said = lexicon.spell(match[0].replace(".", "")) if is_grouped else _dotted(match[0], lexicon)
            yield Change(*match.span(), said)
    for match in _AFTER_NAME.finditer(text):
        if match[1].lower() in lexicon.words.before_versions:
            yield Change(*match.span(2), _dotted(match[2], lexicon))
    for match in _YEAR.finditer(text):
        if _is_year(text, match, lexicon):
            yield Change(*match.span(), lexicon.spell_for("year", match[0]))
    for match in lexicon.pattern(_NUMBER).finditer(text):
        sign = f"{lexicon.sign(match[1])} " if match[1] else ""
        gap = " " if match[3] else ""
        spoken = lexicon.spell_number(lexicon.parse(match[2]), _gender(match[2], text, match.end(2), lexicon))
        yield Change(match.start(), match.end(2), sign + spoken + gap)


def _gender(number: str, text: str, end: int, lexicon: Lexicon) -> str:
    """Return the rule set for a number by the noun that it counts: "veintiún años", "doscientas personas"."""
    endings = lexicon.words.feminine_endings
    if not number.endswith("1") and not (lexicon.format("hundreds_agree") and len(number) > _TWO_DIGITS):
        return NUMBERING
    if lexicon.format("only_one_agrees") and number != "1":
        return NUMBERING
    noun = _AFTER.match(text, end, end + _VIEW) if endings else None
    if noun is None or (lexicon.format("nouns") == "capitalised" and noun[1][0].islower()):
        return NUMBERING
    word = noun[1].lower()
    if word in lexicon.starters or word in lexicon.words.not_counted:
        return NUMBERING
    is_feminine = word not in lexicon.words.masculine_nouns and word.endswith(tuple(endings))
    return "cardinal-feminine" if is_feminine else "cardinal-masculine"


def plain(text: str, lexicon: Lexicon) -> Iterator[Change]:
    """Yield whole numbers that stand alone, in a language that only numbers are known of."""
    if lexicon.spells and not lexicon.keeps_digits:
        for match in _PLAIN.finditer(text):
            yield Change(*match.span(), lexicon.spell(match[0]))


def decades(text: str, lexicon: Lexicon) -> Iterator[Change]:
    """Yield decades: "the 1990s", "the '90s", "die 90er"; and English plurals: "747s", but not "300s"."""
    ending = lexicon.format("decade_ending")
    for match in _DECADE.finditer(text):
        is_ending = match[3].startswith(ending) if ending == "er" else match[3].endswith("s")
        if not ending or not is_ending:
            continue
        spelled = lexicon.spell_for("year", match[2])
        yield Change(*match.span(), spelled + match[3] if ending == "er" else _plural(spelled))
    if ending == "s":
        for match in _PLURAL.finditer(text):
            yield Change(*match.span(), _plural(lexicon.spell(match[1])))
    for match in _SHORT_YEAR.finditer(text):
        yield Change(*match.span(), lexicon.spell_for("year", match[1]))


def _plural(number: str) -> str:
    if number.endswith("y"):
        return f"{number[:-1]}ies"
    return f"{number}es" if number.endswith(("x", "o")) and not number.endswith("zero") else f"{number}s"


def _is_year(text: str, match: re.Match[str], lexicon: Lexicon) -> bool:
    """Tell "in 1999" and "1999 was" from "1999 people" by the words around the number."""
    before = _BEFORE.search(text, max(0, match.start() - _VIEW), match.start())
    if before and before[1].lower() in lexicon.words.before_years:
        return True
    if match[0] < _FIRST_SURE_YEAR:
        return False
    after = _AFTER.match(text, match.end(), match.end() + _VIEW)
    if after is None:
        return True
    word = after[1]
    if lexicon.format("nouns") == "capitalised":
        return word[0].islower()
    return not (word[0].islower() and (word in lexicon.words.counted_nouns or _is_plural(word)))


def _is_plural(word: str) -> bool:
    return len(word) >= _SHORTEST_PLURAL and word.endswith("s") and not word.endswith("ss")


def _dotted(version: str, lexicon: Lexicon) -> str:
    return f" {lexicon.format('point')} ".join(lexicon.spell(part) for part in version.split("."))
