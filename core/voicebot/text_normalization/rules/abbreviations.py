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
    rf"|(?<![\w.])(?:[cC]#|[wW]/o?|[bB]/c|[nN]/[aA])(?!\w)"
)
_PART = re.compile(rf"-?{_LETTER}[^.]*\.")
_CAPITAL_AFTER = re.compile(r"\s[A-ZÀ-ÖØ-ÞŒ]")
_NOTHING_AFTER = re.compile(r"\s{0,20}\Z")
_NAME_BEFORE = re.compile(r"(?:([\w'’]+)\s+)?([\w'’]+),?\s+\Z")
_NAME_AFTER = re.compile(r"\s+[\"'“(]?([^\W\d_][\w'’]*)")
_LETTER_AFTER = re.compile(r"\s([IVXL]{1,8}|[A-Z])(?![\w'’]|\.\w)")
_FIGURE_AFTER = re.compile(r"[ \u00a0]?\d")
_BLANKS = " \u00a0"
_VIEW = 40
_LONGEST_CAPITAL = 2
"""Characters of an abbreviation that is one capital letter, with its full stop."""
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
    """Yield the longest abbreviations in a row of them: "Prof. Dr. Lang", "z. B. Nr. 3"."""
    parts = [part.span() for part in _PART.finditer(text, *match.span())]
    index = 0
    is_read = False
    while index < len(parts):
        start = parts[index][0]
        if text[start - 1 : start] == "." and start != match.start() and not is_read:
            index += 1  # the "P." of "C.P."
            continue
        is_read = False
        for last in range(len(parts), index, -1):
            end = parts[last - 1][1]
            key = "".join(each for each in text[start : end - 1] if each not in _BLANKS).lower()
            said = _reading(text, start, end, key, lexicon)
            if said:
                keeps_stop = _keeps_stop(text, end, key, said, lexicon)
                if keeps_stop and key in lexicon.words.not_final:
                    continue
                yield Change(start, end - keeps_stop, _cased(said, text[start]))
                index = last - 1
                is_read = True
                break
        index += 1


def _keeps_stop(text: str, end: int, key: str, said: str, lexicon: Lexicon) -> bool:
    """Return whether the full stop of an abbreviation also ends the sentence."""
    if _NOTHING_AFTER.match(text, end):
        return True
    if said in lexicon.words.before_names.get(key, ()) or len(key) == 1:
        return False
    may_be_word = key in lexicon.words.not_final and said in lexicon.words.abbreviations.get(key, ())
    if may_be_word and text[end - len(key) - 1].isupper() and _CAPITAL_AFTER.match(text, end):
        return True  # a name, also in languages that capitalise nouns: "Das ist Max. Anna kommt"
    if (
        (may_be_word or key in lexicon.sentence_final)
        and not lexicon.format("nouns")
        and _CAPITAL_AFTER.match(text, end)
    ):
        return True
    return stop_ends_sentence(text, end, lexicon)


def _reading(text: str, start: int, end: int, key: str, lexicon: Lexicon) -> str | None:
    """Return what an abbreviation stands for, by the words around it; None if it is none."""
    words = lexicon.words
    if key in words.before_numbers and _precedes_number(text, start, end, key, lexicon):
        return words.before_numbers[key][0]
    if key in words.after_names and _follows_name(text, start, end, key, lexicon):
        return words.after_names[key][0]
    if key in words.before_names:
        name = _NAME_AFTER.match(text, end)
        has_capitals = name is not None and name[1][0].isupper() and text[start].isupper()
        may_be_other = key in words.after_names or text[end - 1] != "."
        starts = name is not None and name[1].lower() in lexicon.starters
        may_be_other = may_be_other or starts or key in words.not_final
        if name and (has_capitals or not may_be_other):
            return words.before_names[key][0]
    is_acronym = end - start > _LONGEST_CAPITAL and text[start:end].rstrip(".").isupper() and "." not in key
    if key in words.abbreviations and not is_acronym:
        return words.abbreviations[key][0]
    return _with_suffix(key, lexicon)


def _precedes_number(text: str, start: int, end: int, key: str, lexicon: Lexicon) -> bool:
    """Tell "No. 7", "Fig. B" and "art. IV" from "No. I do", "Use the app. 20 people" and "in art. I"."""
    words = lexicon.words
    may_be_word = key in words.abbreviations or key in lexicon.starters or key in words.before_names
    is_lower = text[start].islower()
    if _FIGURE_AFTER.match(text, end):
        before = _NAME_BEFORE.search(text, max(0, start - _VIEW), start)
        follows_article = before is not None and before[2].lower() in lexicon.determiners
        return not (is_lower and key in words.not_final and follows_article)
    letter = _LETTER_AFTER.match(text, end)
    if letter is None or may_be_word or letter[1].lower() in lexicon.starters:
        return False
    return len(letter[1]) > 1 or not (is_lower and key in words.not_final)


def _follows_name(text: str, start: int, end: int, key: str, lexicon: Lexicon) -> bool:
    """Tell "Baker St. is" and "5 Elm Dr. in" from "St. Mary" and "Dr. Smith"."""
    before = _NAME_BEFORE.search(text, max(0, start - _VIEW), start)
    if before is None or not text[start].isupper():
        return False
    name = before[2]
    if name.lower() in lexicon.starters or not (name[0].isupper() or name[0].isdecimal()):
        return False
    if key not in lexicon.words.before_names:
        return True
    after = _NAME_AFTER.match(text, end)
    if after is None or not after[1][0].isupper() or after[1].lower() in lexicon.starters:
        return True
    return name[0].isdecimal() or bool(before[1] and before[1][0].isdecimal())


def _with_suffix(key: str, lexicon: Lexicon) -> str | None:
    """Return a street's name in full: "Hauptstr"."""
    for suffix, forms in lexicon.words.after_names.items():
        ending = suffix.removeprefix("-")
        if ending != suffix and key.endswith(ending) and len(key) >= len(ending) + _SHORTEST_PREFIX:
            return key.removesuffix(ending) + forms[0]
    return None


def _cased(said: str, first: str) -> str:
    return said[0].upper() + said[1:] if first.isupper() else said
