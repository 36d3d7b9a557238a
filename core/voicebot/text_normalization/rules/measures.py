"""Numbers with units: "21 °C", "5 km/h", "500mg", "50 %", "5'11\"", "40° N"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicebot.text_normalization.lexicon import Lexicon, Number
from voicebot.text_normalization.normalized_text import Change, Changes
from voicebot.text_normalization.rules.sentence_ends import stop_after_unit_ends_sentence

_UNIT = (
    r"(?:°\s?[CFK](?!\w)|[%‰°″′℃℉]|[^\W\d_]{1,9}[²³]?(?:[23](?!\w))?"
    r"(?:/(?:100\s?)?[^\W\d_]{1,5}[²³]?(?:[23](?!\w))?){0,2}(?:\.(?=\W|\Z))?|°?[^\W\d_]{1,3}(?!\w))"
)
_MEASURE = (
    r"(?<!\w)(?<!\d[.,])(?:(?<![\w)\]%°-])([-−+±])\s?)?(<N>|\.\d{1,6}(?!\d))([ \u00a0\u202f-]?)"
    rf"({_UNIT})(?!\w|['’]\w)"
)
_WORD = re.compile(r"\s[^\W\d_]")
_FEET = re.compile(
    r"(?<![\w.,])(\d{1,2})(?:['’′]\s?(\d{1,2})(?:[\"”″]|'')|\s?ft\.?\s?(\d{1,2})\s?in\.?)(?!\w)"
)
_COMPASS = re.compile(r"(?:(?<=[°′″])|(?<=\d[\"']))\s?([A-Z]{1,2})(?!\w)")
_ANGLE = re.compile(r"(?<![\w.,])(\d{1,3})°\s?(\d{1,2})['′’](?:\s?(\d{1,2}(?:\.\d{1,4})?)[\"″”])?")
_PER = re.compile(r"\s?/\s?([^\W\d_]{1,12}[²³]?)(?!\w|['’]\w)")
_SYMBOLS = frozenset("km m cm mm kg g mg l ml h s kB MB GB TB Hz kHz MHz GHz V A W kW kWh".split())
"""Units that are not abbreviated with a full stop."""
_OFTEN_LETTERS = frozenset("ANJ")
"""Units that are read after a blank only at the end of a phrase, as they may be other letters."""
_PHRASE_END = re.compile(r"\s?(?:\Z|[,;:!?)\]/=+*×–—]|\.(?:\W|\Z))")
_SHORTEST_WORD = 3
"""Letters of the shortest word after a slash that may not be a unit: "5 mg/day"."""
_DEGREE, _MINUTE, _SECOND, _INCH = "°", "′", "″", "in"


def changes(text: str, lexicon: Lexicon) -> Iterator[Changes]:
    """Yield numbers with their units in words."""
    units = lexicon.words.units
    if not units:
        return
    yield from _angles(text, lexicon)
    if _INCH in units and "ft" in units:
        for match in _FEET.finditer(text):
            feet = lexicon.count(Number(match[1]), units["ft"])
            yield Change(*match.span(), f"{feet} {lexicon.count(Number(match[2] or match[3]), units[_INCH])}")
    for match in lexicon.pattern(_MEASURE).finditer(text):
        written = match[4]
        has_stop = written.endswith(".")
        forms = _forms(written.rstrip(".").replace("° ", "°"), lexicon)
        if forms is None or (match[3] == "-" and written == "%"):
            continue
        if match[3] and not has_stop and len(written) > 1 and written in lexicon.starters:
            continue  # "5 in stock"
        if written in _OFTEN_LETTERS and match[3].isspace() and not _PHRASE_END.match(text, match.end()):
            continue  # "7 A levels"
        if written == _DEGREE and _DEGREE in lexicon.words.ordinal_marks and _WORD.match(text, match.end()):
            continue  # "3° piano"
        number = lexicon.parse(match[2])
        noun, spoken = _split(number, forms, lexicon)
        if match[3] == "-":  # "a 5-kg bag"
            noun, spoken = lexicon.noun(forms), lexicon.spell_number(number)
        sign = f"{lexicon.sign(match[1])} " if match[1] else ""
        gap = match[3] if match[3] == "-" else "" if match[3] else " "
        ends = has_stop and _ends_sentence(written, noun, text, match.end(), lexicon)
        if not spoken:
            yield Change(match.start(), match.end() - ends, sign + noun)
            continue
        yield (
            Change(match.start(), match.end(2) + (match[3] == "-"), f"{sign}{spoken}{gap}"),
            Change(match.start(4), match.end(4) - ends, noun),
        )


def _angles(text: str, lexicon: Lexicon) -> Iterator[Change]:
    """Yield coordinates: "40°26′46″ N"."""
    if "°" not in text:
        return
    units = lexicon.words.units
    for match in _ANGLE.finditer(text):
        said = (
            lexicon.count(lexicon.parse(number), units[unit])
            for number, unit in zip(match.groups(), (_DEGREE, _MINUTE, _SECOND), strict=True)
            if number and unit in units
        )
        yield Change(*match.span(), " ".join(said))
    for match in _COMPASS.finditer(text):
        direction = lexicon.words.compass.get(match[1].lower())
        if direction:
            yield Change(*match.span(), f" {direction[0]}")


def _forms(unit: str, lexicon: Lexicon) -> tuple[str, ...] | None:
    """Return the forms of a unit, or of one divided by another: "mg/ml"."""
    units = lexicon.words.units
    if unit in units:
        return units[unit]
    above, slash, below = unit.rpartition("/")
    forms = _forms(above, lexicon) if slash else None
    word = lexicon.noun(units[below]) if below in units else below
    if forms is None or (below not in units and len(below) < _SHORTEST_WORD):
        return None
    per = f" {lexicon.format('per')} {word}"
    return tuple(form + per for form in forms)


def _split(number: Number, forms: tuple[str, ...], lexicon: Lexicon) -> tuple[str, str]:
    """Return the noun and the number before it, in words."""
    phrase = lexicon.count(number, forms)
    for noun in (forms[-1], lexicon.noun(forms)):
        if phrase.endswith(f" {noun}"):
            return noun, phrase[: -len(noun) - 1]
    return phrase, ""


def _ends_sentence(unit: str, noun: str, text: str, end: int, lexicon: Lexicon) -> bool:
    """Tell "5 km. Then" and "5 km. 7 more" from "5 min. by car" and "2 hr. 5 min."; "Uhr." is never one."""
    if stop_after_unit_ends_sentence(text, end, lexicon) or not unit[0].isalpha():
        return True
    is_symbol = "/" in unit or unit.rstrip(".") in _SYMBOLS
    following = text[end : end + 2].lstrip()[:1]
    is_word = unit.rstrip(".").lower() == noun.lower()
    return is_word or (is_symbol and not following.islower())


def per_unit(text: str, end: int, lexicon: Lexicon) -> Iterator[Change]:
    """Yield the slash after an amount, with the unit after it: "$5/month", "2x/day"."""
    slash = _PER.match(text, end)
    per = lexicon.format("per")
    if slash and per:
        unit = slash[1]
        forms = lexicon.words.units.get(unit)
        yield Change(slash.start(), slash.start(1), f" {per} ")
        if forms:
            yield Change(*slash.span(1), lexicon.noun(forms))
