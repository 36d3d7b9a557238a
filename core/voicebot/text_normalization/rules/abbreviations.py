"""Abbreviations: "Dr. Smith", "Baker St.", "No. 7", "i.e. 42", "z. B."."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicebot.text_normalization.lexicon import Lexicon
from voicebot.text_normalization.normalized_text import Change
from voicebot.text_normalization.rules.sentence_ends import stop_ends_sentence

_LETTER = r"[^\W\d_]"
_STOPPED = re.compile(
    rf"(?<![\w.@/-])((?:{_LETTER}{{1,5}}\.[ \u00a0]?-?(?={_LETTER}{{1,5}}[.-])){{0,3}}"
    rf"{_LETTER}{{1,12}}(?:-{_LETTER}{{1,4}})?)\.(?![\w@])"
)
_UNSTOPPED = re.compile(
    rf"(?<![\w.@/'’-]){_LETTER}{{1,5}}\.{_LETTER}{{1,4}}(?![\w.])|(?<![\w.@/'’-]){_LETTER}{{1,12}}(?![\w.@'’/#-])"
    rf"|(?<![\w.])(?:[cC][#]|[wW]/o?)(?!\w)"
)
_NAME_BEFORE = re.compile(r"(?:([\w'’]+)\s+)?([\w'’]+),?\s+\Z")
_NAME_AFTER = re.compile(r"\s+[\"'“(]?([^\W\d_][\w'’]*)")
_NUMBER_AFTER = re.compile(r"\s*(?:\d|[IVXL]+\b|[A-Z]\b)")
_FIGURE_AFTER = re.compile(r"[ \u00a0]?\d")
_BLANKS = " \u00a0"
_VIEW = 40
_SHORTEST_PREFIX = 3


def changes(text: str, lexicon: Lexicon) -> Iterator[Change]:
    """Yield abbreviations in full."""
    words = lexicon.words
    if "." in text:
        for match in _STOPPED.finditer(text):
            yield from _stopped(text, match, lexicon)
    for match in _UNSTOPPED.finditer(text):
        lowered = match[0].lower()
        if lowered in words.without_stop or "." in lowered:
            said = _reading(text, match.start(), match.end(), lowered, lexicon)
            if said:
                yield Change(*match.span(), _cased(said, match[0][0]))


def _stopped(text: str, match: re.Match[str], lexicon: Lexicon) -> Iterator[Change]:
    written = match[1]
    key = "".join(character for character in written if character not in _BLANKS).lower()
    start = match.start()
    said = _reading(text, start, match.end(), key, lexicon)
    while said is None and "." in key:  # "Prof. Dr. med." may be several
        first, _, key = key.partition(".")
        end = text.index(".", start) + 1
        part = _reading(text, start, end, first, lexicon)
        if part:
            yield Change(start, end, _cased(part, text[start]))
        start = end + (text[end] in _BLANKS)
        said = _reading(text, start, match.end(), key, lexicon)
    if said:
        before_name = key in lexicon.words.before_names and said == lexicon.words.before_names[key][0]
        ends = not before_name and stop_ends_sentence(text, match.end(), lexicon)
        end_of_text = not text[match.end() :].strip()
        yield Change(start, match.end() - (ends or end_of_text), _cased(said, text[start]))


def _reading(text: str, start: int, end: int, key: str, lexicon: Lexicon) -> str | None:
    """Return what an abbreviation stands for, by the words around it; None if it is none."""
    words = lexicon.words
    if key in words.before_numbers and _NUMBER_AFTER.match(text, end):
        is_word = key in words.abbreviations or key in lexicon.starters or key in words.before_names
        if not is_word or _FIGURE_AFTER.match(text, end) or text[start].islower():
            return words.before_numbers[key][0]
    if key in words.after_names and _follows_name(text, start, end, key, lexicon):
        return words.after_names[key][0]
    if key in words.before_names:
        name = _NAME_AFTER.match(text, end)
        may_be_street = key in words.after_names
        if name and (not may_be_street or (name[1][0].isupper() and text[start].isupper())):
            return words.before_names[key][0]
    if key in words.abbreviations:
        return words.abbreviations[key][0]
    return _with_suffix(key, lexicon)


def _follows_name(text: str, start: int, end: int, key: str, lexicon: Lexicon) -> bool:
    """Tell "Baker St. is" and "5 Elm Dr. in" from "St. Mary" and "Dr. Smith"."""
    before = _NAME_BEFORE.search(text, max(0, start - _VIEW), start)
    if before is None or not text[start].isupper():
        return False
    name = before[2]
    if name.lower() in lexicon.starters or not (name[0].isupper() or name[0].isdigit()):
        return False
    if key not in lexicon.words.before_names:
        return True
    after = _NAME_AFTER.match(text, end)
    if after is None or not after[1][0].isupper() or after[1].lower() in lexicon.starters:
        return True
    return name[0].isdigit() or bool(before[1] and before[1][0].isdigit())


def _with_suffix(key: str, lexicon: Lexicon) -> str | None:
    """Return a street's name in full: "Hauptstr"."""
    for suffix, forms in lexicon.words.after_names.items():
        ending = suffix.removeprefix("-")
        if ending != suffix and key.endswith(ending) and len(key) >= len(ending) + _SHORTEST_PREFIX:
            return key.removesuffix(ending) + forms[0]
    return None


def _cased(said: str, first: str) -> str:
    return said[0].upper() + said[1:] if first.isupper() else said
