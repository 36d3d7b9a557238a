"""Whether a full stop ends a sentence: most do, but not those of abbreviations, numbers and addresses."""

from __future__ import annotations

import re

_NEVER_ENDS = frozenset(
    "mr mrs ms dr ph prof st mt rev gen col capt lt sgt hon sr jr vs approx dept "
    "hr fr dipl ing sog bzw ca cf vgl evtl ggf inkl exkl zzgl bspw geb mio mrd str z.b d.h "
    "mm mme mlle mgr env ex ej sra srta dra ud uds vd dña av avda ee uu www e.g i.e".split()
)
_NUMBERED = frozenset("no nr nos fig vol vols art ch chap sec pp pág págs núm núms num abs kap bd".split())
"""Abbreviations before a number, words at a sentence's end: "No. 5", but "No. Never."."""
_SELDOM_ENDS = frozenset(
    "etc inc ltd co corp a.m p.m usw jan feb mar apr jun jul aug sept oct nov dec".split()
)
_BEFORE_ORDINALS = frozenset(
    "der die das dem den des im vom zum zur beim ins und oder jeder jede jedes jeden ein eine einen".split()
)
_MONTHS = frozenset(
    "januar jänner februar märz april mai juni juli august september oktober november dezember".split()
)
_BEFORE_A_WORD = re.compile(r"[\s(\[{*_~`#>]")
_OPENING_QUOTES = "\"'\u201c\u2018\u201e«»"
_MARKUP = " \t*_~#>+-"
_INITIALS = re.compile(r"[^\W\d_](?:[.-]+[^\W\d_])*")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_ITEM_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_NEXT_WORD = re.compile(r"\W+(\w+)(\W)?")
_AFTER_THE_END = "\"'\u201c\u201d\u2018\u2019)]}»«*_`~」』）.!?"


def full_stop_ends(text: str, index: int) -> bool | None:
    """Say whether the full stop at `index` ends a sentence; None while what follows could still tell.

    Where a word is before it, the answer does not wait for what follows. So "example.com" is taken apart by a
    stream that brings "example." alone; models seldom do, since the stop begins a token there.
    """
    before = text[:index]
    word = _BEFORE_A_WORD.split(before)[-1].lstrip(_OPENING_QUOTES)
    lowered = word.lower()
    if lowered in _NEVER_ENDS or _is_item_number(before, word):
        return False
    unsure = lowered in _SELDOM_ENDS or lowered in _NUMBERED
    has_case = lowered != word.upper()
    if has_case and _INITIALS.fullmatch(word) and word != "I" and not unsure:
        return False  # J. R. R. Tolkien, U.S. Army, z. B.
    if _WORD.fullmatch(word) and not unsure:
        return True
    following = text[index + 1 : index + 2]
    if not following:
        return None
    if following in _AFTER_THE_END and not unsure:
        return True
    if not following.isspace():
        return False  # a decimal, a host name, a file name
    if word.isdigit():
        return _number_ends(text, index, before[: -len(word)], word)
    if not unsure:
        return True
    following = text[index + 1 :].lstrip(" \t")[:1]
    if not following:
        return None
    return following.isupper() or following == "\n" or (lowered in _NUMBERED and not following.isdigit())


def _is_item_number(before: str, word: str) -> bool:
    """Whether this is the number of a list's item: nothing but markup is before it in its line."""
    return bool(_ITEM_NUMBER.fullmatch(word)) and before.rpartition("\n")[2].strip(_MARKUP) == word


def _number_ends(text: str, index: int, before: str, number: str) -> bool | None:
    """Tell "in 1999. Then" from an ordinal number: "am 3. Mai", "im 19. Jahrhundert", "der 2. und 3. Tag"."""
    if len(number) > 2:
        return True
    if before.rstrip().rpartition(" ")[2].lower() in _BEFORE_ORDINALS:
        return False
    if text[index + 1] == "\n":
        return True
    following = _NEXT_WORD.match(text, index + 1)
    if following is None:
        return None
    if following[1][0].islower():
        return False
    return following[1].lower() not in _MONTHS if following[2] else None
