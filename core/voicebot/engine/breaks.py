"""Where a sentence can be cut before it is over: at its first clause, or where it has become too long."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 300
"""Characters of the longest unit, unless it is one long address."""
_LONGEST_ADDRESS = 2000
_SHORT_WORDS = 6
_SHORT_WORDS_MOST = 9
_CLAUSE_WORDS = 3
_CLAUSE_CHARACTERS = 4  # for scripts that put no spaces between words

_CLAUSE_MARKS = ",;:—–،؛"
_WIDE_CLAUSE_MARK = re.compile("[、，；：]")
_CLAUSE_END = re.compile(rf"[{_CLAUSE_MARKS}](?=\s)|[、，；：]")
_SPACE = re.compile(r"\s")
_WHOLE_WORD = re.compile(r"\S+(?=\s)")
_BLOCK_MARKUP = re.compile(r"\s*(?:[|#]|```|~~~)")
_ADDRESS = re.compile(r"://|^www\.|^data:|\]\(|@\w|\w\.\w+/")
_LEANING = frozenset(
    "a an the of to in on at for with from by and or but my your his her its our their this that is are was "
    "were be been as if not no very so i you he she it we they will would can could should mr mrs dr no nr "
    "der die das den dem des ein eine einen einem einer und oder zu mit von für im am zum zur auf "
    "le la les un une du de et ou au aux que qui el los las una y o del al con por para en".split()
)
_LEADING_VOWELS = re.compile("[\u0e40-\u0e44\u0ec0-\u0ec4]")
_CONTINUES = re.compile("[\U0001f3fb-\U0001f3ff\u1160-\u11ff\ud7b0-\ud7ff\udc00-\udfff\u200c\u200d]")
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")


def in_markup(text: str, index: int) -> bool:
    """Say whether `index` is within inline code or the words of a link, which must stay in one piece."""
    line = text.rfind("\n", 0, index) + 1
    if text.rfind("[", line, index) > text.rfind("]", line, index):
        return True
    return text.count("`", line, index) % 2 == 1


def in_address(text: str, index: int) -> bool:
    """Say whether what is before `index`, to the last space, is a part of an address."""
    start = max(text.rfind(space, 0, index) for space in " \t\n") + 1
    return bool(_ADDRESS.search(text[start:index].lstrip("(<[\"'")))


def first_clause(text: str) -> int | None:
    """Find where a reply can first be cut: after a clause, or between words once there are a few."""
    if _BLOCK_MARKUP.match(text):
        return None
    for words, match in enumerate(_WHOLE_WORD.finditer(text), start=1):
        word = match.group()
        clause = word[-1] in _CLAUSE_MARKS and words >= _CLAUSE_WORDS
        leans = word.lower().rstrip(".") in _LEANING or word[-1].isdigit()
        enough = words >= (_SHORT_WORDS_MOST if leans else _SHORT_WORDS)
        if (clause or enough) and not in_markup(text, match.end()):
            return match.end()
    start = len(text) - len(text.lstrip())
    wide = _WIDE_CLAUSE_MARK.search(text, start + _CLAUSE_CHARACTERS)
    return wide.end() if wide and not in_markup(text, wide.end()) else None


def best_break(text: str) -> int | None:
    """Cut more than `LONGEST` characters at their last clause, or word, or wherever it must be.

    None while all of it is one address: its end will tell.
    """
    head = text[:LONGEST]
    for places in (_CLAUSE_END, _SPACE):
        cuts = [match.end() for match in places.finditer(head) if match.end() > LONGEST // 4]
        if cut := next((cut for cut in reversed(cuts) if not in_markup(text, cut)), 0) or max(
            cuts, default=0
        ):
            return cut
    if in_address(text, LONGEST):
        before = max(head.rfind(space) for space in " \t") + 1
        if head[:before].strip():
            return before
        end = _SPACE.search(text, LONGEST, _LONGEST_ADDRESS)
        if end or len(text) < _LONGEST_ADDRESS:
            return end and end.end()
        return _LONGEST_ADDRESS
    cut = LONGEST
    while cut > 1 and within_a_character(text, cut):
        cut -= 1
    return cut if cut > 1 else LONGEST


def within_a_character(text: str, index: int) -> bool:
    """Whether what a reader takes for one character goes on at `index`."""
    return bool(
        unicodedata.category(text[index]).startswith("M")
        or _CONTINUES.match(text, index)
        or text[index - 1] in "\u200d\u17d2\u1039"  # what joins, and what puts a letter below another
        or _FLAG.match(text, index - 1)
        or _LEADING_VOWELS.match(text, index - 1)
    )
