"""Dates: "2026-11-28", "28.11.2026", "11/28/2026", "Nov. 28", "28 novembre 2026"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicebot.text_normalization.lexicon import Lexicon
from voicebot.text_normalization.normalized_text import Change, Changes
from voicebot.text_normalization.rules.ordinals import dotted_rule_set
from voicebot.text_normalization.rules.sentence_ends import stop_ends_sentence
from voicebot.text_normalization.spelling import NUMBERING

_ISO = re.compile(r"(?<![\w./-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:(?=T\d\d:)T|(?![\w/-]|\.\d))")
_DOTTED = re.compile(r"(?<![\w./-])(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4}|\d{2})(?![\w-]|\.\d)|(?!\d))")
_SLASHED = re.compile(r"(?<![\w./-])(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d{2})(?![\w/-]|\.\d)")
_NAME = r"([^\W\d_]{3,12})(\.?)"
_MARK = r"(\.|º|°|st|nd|rd|th|er)?"
_YEAR = r"(?:([ \u00a0]|, | de | del )([12]\d{3})(?!\w|[.,:/-]\d))?"
_DAY_FIRST = re.compile(rf"(?<![\w/:,.-])(\d{{1,2}}){_MARK}[ \u00a0](?:de |of )?{_NAME}{_YEAR}(?![\w])")
_MONTH_FIRST = re.compile(
    rf"(?<![\w-]){_NAME}[ \u00a0](\d{{1,2}}){_MARK}(?!\w|[.,:/-]\d|\s?[%€$£°])"
    r"(?:(, |[ \u00a0])([12]\d{3})(?!\w|[.,:/-]\d))?"
)
_MONTH_AND_YEAR = re.compile(rf"(?<!\w){_NAME}( |, | de | del )([12]\d{{3}})(?!\w|[.,:/-]\d)")
_ABBREVIATED = re.compile(
    r"(?<![\w.])([^\W\d_]{2,5})\.(?!\w)|(?<![\w.])([^\W\d_]{2,5})(?=,? \d{1,2}(?:\b|st|nd|rd|th))"
)
_WEEKDAYS = re.compile(r"(?<![\w.])([^\W\d_]{2,5})\.?(\s?[-–]\s?)([^\W\d_]{2,5})(\.?)(?!\w)")
_UNIT = re.compile(r"\s([^\W\d_]{1,4}[²³]?)(?!\w|['’]\w)")
_NOUN_BEFORE = re.compile(r"([^\W\d_]+)[)\"“”]?\s\Z")
_COUNTED = re.compile(r",?\s\d{1,2}\.?\s([^\W\d_]{2,20})")
_FIGURE = re.compile(r",?\s\d")
_DAYS, _MONTHS = 31, 12
_APOSTROPHES = ("'", "’")
_SHORT_YEAR = 2
_VIEW = 20
_THIS_CENTURY = 50


def changes(text: str, lexicon: Lexicon) -> Iterator[Changes]:
    """Yield dates in words, in the order of the language."""
    if any(map(str.isdecimal, text)):
        yield from _in_figures(text, lexicon)
        yield from _with_names(text, lexicon)
    yield from _abbreviations(text, lexicon)


def _in_figures(text: str, lexicon: Lexicon) -> Iterator[Change]:
    for match in _ISO.finditer(text):
        said = _date(text, match.start(), int(match[4]), int(match[3]), match[1], lexicon)
        if said:
            yield Change(*match.span(), f"{said} " if match[0].endswith("T") else said)
    for match in _DOTTED.finditer(text):
        has_full_year = match[3] is not None and len(match[3]) > _SHORT_YEAR
        if not has_full_year and not _may_be_short(text, match.start(), lexicon):
            continue
        said = _date(text, match.start(), int(match[1]), int(match[2]), match[3] or "", lexicon)
        if said:
            ends = match[3] is None and stop_ends_sentence(text, match.end(), lexicon)
            yield Change(match.start(), match.end() - ends, said)
    month_first = lexicon.region.lower() in lexicon.format("month_first").split()
    for match in _SLASHED.finditer(text):
        first, second = int(match[1]), int(match[3])
        if (month_first and first <= _MONTHS) or second > _MONTHS:
            first, second = second, first
        said = _date(text, match.start(), first, second, match[4], lexicon)
        if said:
            yield Change(*match.span(), said)


def _may_be_short(text: str, at: int, lexicon: Lexicon) -> bool:
    """Tell "am 3.4.", "Montag, 3.4.21" and "bis 3.4." from "Python 3.4." and "Kapitel 3.4."."""
    endings = lexicon.words.ordinal_endings
    before = _NOUN_BEFORE.search(text, max(0, at - _VIEW), at)
    return bool(endings) and (before is None or before[1][0].islower() or before[1].lower() in endings)


def _with_names(text: str, lexicon: Lexicon) -> Iterator[Changes]:
    """Yield the day, the month if it is abbreviated, and the year of dates with the name of a month."""
    for match in _DAY_FIRST.finditer(text):
        is_ordinal = match[2] != "." or lexicon.words.ordinal_endings
        if is_ordinal and _is_month(match[3], lexicon) and 1 <= int(match[1]) <= _DAYS:
            end = match.end(2) if match[2] else match.end(1)
            yield (
                _day(text, match.start(1), end, int(match[1]), lexicon),
                *_month(text, match.start(3), match[3], match.end(4), lexicon),
                *_year(match.start(6), match[6], lexicon),
            )
    for match in _MONTH_FIRST.finditer(text):
        if not lexicon.format("month_first") or _is_measure(text, match.end(), lexicon):
            continue
        if _is_month(match[1], lexicon) and 1 <= int(match[3]) <= _DAYS:
            end = match.end(4) if match[4] and match[4] != "." else match.end(3)
            yield (
                *_month(text, match.start(1), match[1], match.end(2), lexicon),
                _day(text, match.start(3), end, int(match[3]), lexicon),
                *_year(match.start(6), match[6], lexicon),
            )
    for match in _MONTH_AND_YEAR.finditer(text):
        if _is_month(match[1], lexicon):
            yield (
                *_month(text, match.start(1), match[1], match.end(2), lexicon),
                *_year(match.start(4), match[4], lexicon),
            )


def _is_measure(text: str, end: int, lexicon: Lexicon) -> bool:
    """Return whether a unit follows a number, which is then no day: "In May 5 kg were sold"."""
    unit = _UNIT.match(text, end)
    return unit is not None and unit[1] in lexicon.words.units and unit[1] not in lexicon.starters


def _abbreviations(text: str, lexicon: Lexicon) -> Iterator[Change]:
    """Yield abbreviated months and days on their own: "Mon. morning", "Tue, 5 May"."""
    for match in _WEEKDAYS.finditer(text):
        first, last = (lexicon.words.dates.get(match[group].lower()) for group in (1, 3))
        may_be = match[1][0].isupper() == match[3][0].isupper() and not match[1].isupper()
        if first and last and first != last and may_be and (match[1][0].isupper() or first[0][0].islower()):
            ends = bool(match[4]) and stop_ends_sentence(text, match.end(), lexicon)
            yield Change(match.start(), match.start(2), _cased(first[0], match[1]))
            yield Change(*match.span(2), f" {lexicon.format('to')} ")
            yield Change(match.start(3), match.end() - ends, _cased(last[0], match[3]))
    for match in _ABBREVIATED.finditer(text):
        word = match[1] or match[2]
        name = lexicon.words.dates.get(word.lower())
        if not name or word.isupper() or not (word[0].isupper() or name[0][0].islower()):
            continue
        before_figure = match[2] is not None or _FIGURE.match(text, match.end()) is not None
        if before_figure and _is_other_date(text, word, match.end(), lexicon):
            continue
        ends = match[1] is not None and stop_ends_sentence(text, match.end(), lexicon)
        if before_figure or (word[0].isupper() and not _may_be_other_word(text, word, match.end(), lexicon)):
            yield Change(match.start(), match.end() - ends, _cased(name[0], word))


def _is_other_date(text: str, word: str, end: int, lexicon: Lexicon) -> bool:
    """Tell "So 5 Leute" and "le jeu. 5 joueurs" from "So 5. Mai", "Sun 5 pm" and "jeu. 5 mai".

    The Italian "mar 5 maggio" is no month either.
    """
    after = _COUNTED.match(text, end)
    if after is None:
        return False
    if _is_month(word, lexicon):
        return _is_month(after[1], lexicon)
    following = after[1].lower()
    is_known = following in lexicon.starters or following in lexicon.format("time_suffixes").lower().split()
    return not (is_known or following in lexicon.words.day_halves or _is_month(after[1], lexicon))


def _may_be_other_word(text: str, word: str, end: int, lexicon: Lexicon) -> bool:
    """Return whether "So." or "Fr." may be another word: it ends the sentence, or a name follows."""
    lowered = word.lower()
    words = lexicon.words
    others = words.abbreviations.keys() | words.before_names.keys() | lexicon.starters | words.not_final
    following = text[end : end + 2].strip()
    return lowered in others and (not following or not following[0].islower() or lowered in lexicon.starters)


def _date(text: str, at: int, day: int, month: int, year: str, lexicon: Lexicon) -> str:
    """Return a date in words; empty if it is none."""
    if not (1 <= day <= _DAYS and 1 <= month <= _MONTHS and lexicon.month(month)):
        return ""
    if len(year) == _SHORT_YEAR:
        year = f"{20 if int(year) < _THIS_CENTURY else 19}{year}"
    parts = {"day": _spelled_day(text, at, day, lexicon), "month": lexicon.month(month)}
    if not year:
        return lexicon.format("day_and_month", **parts)
    return lexicon.format("date", **parts, year=lexicon.spell_for("year", int(year)))


def _spelled_day(text: str, at: int, day: int, lexicon: Lexicon) -> str:
    rule_set = NUMBERING if text[max(0, at - 1) : at] in _APOSTROPHES else dotted_rule_set(text, at, lexicon)
    if rule_set is not None:
        return lexicon.spell(day, rule_set)
    return lexicon.spell_for("first_day" if day == 1 else "day", day)


def _day(text: str, start: int, end: int, day: int, lexicon: Lexicon) -> Change:
    return Change(start, end, _spelled_day(text, start, day, lexicon))


def _month(text: str, start: int, name: str, end: int, lexicon: Lexicon) -> Iterator[Change]:
    full = lexicon.words.dates.get(name.lower())
    if full:
        has_stop = text[end - 1] == "."
        ends = has_stop and stop_ends_sentence(text, end, lexicon)
        yield Change(start, end - ends, _cased(full[0], name))


def _year(start: int, year: str | None, lexicon: Lexicon) -> Iterator[Change]:
    if year:
        yield Change(start, start + len(year), lexicon.spell_for("year", int(year)))


def _is_month(word: str, lexicon: Lexicon) -> bool:
    """Return whether a word is a month: "May", but not "may" in a language that capitalises them."""
    months = lexicon.words.months
    lowered = word.lower()
    full = lexicon.words.dates.get(lowered, (lowered,))[0].lower()
    capitalised = bool(lexicon.format("capital_months"))
    return (word[0].isupper() or not capitalised) and any(full == month.lower() for month in months)


def _cased(name: str, written: str) -> str:
    return name.capitalize() if written[0].isupper() else name
