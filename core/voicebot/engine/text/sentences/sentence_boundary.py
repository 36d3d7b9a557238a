"""Whether a mark ends a sentence, from what closes with it and the beginning of the next word."""

from __future__ import annotations

import re
from enum import Enum, auto

from voicebot.engine.text.characters import (
    CLOSERS,
    ELLIPSES,
    OPENERS,
    OPENING_QUOTES,
    POINTS,
    STOPS,
    WIDE_STOPS,
    has_case,
    is_symbol,
)
from voicebot.engine.text.sentences.closing_marks import BLANKS, MOST_BLANKS, ClosingMarks
from voicebot.engine.text.sentences.full_stops import full_stop_ends
from voicebot.engine.text.sentences.marks_without_blank import ends_without_blank
from voicebot.engine.text.sentences.open_pairs import OpenPairs
from voicebot.languages.known import all_languages, derived
from voicebot.languages.language import Language

_RUN = re.compile(rf"[{re.escape(STOPS)}]{{1,40}}")
_GREEK_OR_ARMENIAN = {";": re.compile("[\u0370-\u03ff\u1f00-\u1fff]"), ":": re.compile("[\u0530-\u058f]")}
_WORD_OPENERS = "".join(mark for mark in OPENERS if mark not in "[［【〔")
_LEAD = re.compile(
    rf"[{re.escape(_WORD_OPENERS)}—–\-\x00-\x08\x0e-\x1a\x7f"
    r"\u200b-\u200f\u202a-\u202e\u2066-\u2069 \u00a0]{0,20}"
)
_SMALL_NAME = re.compile(r"[a-z][\w-]{1,30}(?:\.\w\w|@\w|://)|[a-z]{1,2}[A-Z]")
_MAYBE_SMALL_NAME = re.compile(r"[a-z][\w-]{0,30}(?:\.\w?|@|:/?)?")
_ANY_WORD = "Xx\n"
"""Stands for the next word if that is markup or an emoji; it is not a known word."""
_NEXT_MARKUP = "<[`$@#\\&【£€¥₹₽₩₺₴§№\x1b"
_LAST_WORD = re.compile(r"(\w+)\W*\Z")
_NAME_VIEW = 30


class Boundary(Enum):
    """What a mark is to the sentence that it is in."""

    END = auto()
    INSIDE = auto()
    UNKNOWN = auto()
    """Only more text would tell."""


class SentenceBoundary:
    """Decides whether the mark at a place in a unit ends a sentence.

    Args:
        line: where the line begins that the mark is in; None if that was cut off.
    """

    def __init__(self, text: str, at: int, pairs: OpenPairs, line: int | None) -> None:
        self._text = text
        self._mark = at
        self.pairs = pairs.copy()
        """What is open after the mark and what closes with it."""
        self._line = line
        self._closing = ClosingMarks(text, self.pairs)

    def decide(self, *, has_words: bool, is_lowercase: bool) -> tuple[Boundary, int]:
        """Return what the mark is, and where to cut or to read on.

        Args:
            has_words: whether there is anything to say in the unit so far.
            is_lowercase: whether sentences begin with small letters here.
        """
        text, at = self._text, self._mark
        stop = self._end_of_marks()
        if stop is None:
            return Boundary.INSIDE, at + 1
        if stop == len(text):
            return Boundary.UNKNOWN, at
        if not has_words:
            return Boundary.INSIDE, stop
        after = self._closing.after_closers(stop)
        if after is not None:
            after = self._closing.after_emoji(after)
        if after is None:
            return Boundary.UNKNOWN, at
        if self.pairs.hold_sentence(at) and text[after] != "\n":
            return Boundary.INSIDE, after
        boundary = self._by_what_follows(text[at:stop], after, is_lowercase=is_lowercase)
        return boundary, (at if boundary is Boundary.UNKNOWN else after)

    def _end_of_marks(self) -> int | None:
        """Return where the marks end that follow each other; None if they are not marks of a sentence."""
        text, at = self._text, self._mark
        pattern = _GREEK_OR_ARMENIAN.get(text[at])
        if pattern is None:
            run = _RUN.match(text, at)
            assert run is not None
            return run.end()
        following = text[at + 1 : at + 2]
        if not at or not pattern.match(text, at - 1):
            return None
        return at + 1 if not following or following.isspace() or following in CLOSERS else None

    def _by_what_follows(self, run: str, after: int, *, is_lowercase: bool) -> Boundary:
        text = self._text
        if text[after] == "\n":
            return Boundary.INSIDE  # the end of the line will be one of the sentence
        if not text[after].isspace():
            closed = self._closing.pairs_closed
            ends = ends_without_blank(text, self._mark, run, text[after], closed)
            return Boundary.END if ends else Boundary.INSIDE
        blanks = BLANKS.match(text, after)
        assert blanks is not None
        begin = blanks.end()
        if begin == len(text):
            return Boundary.UNKNOWN
        if text[begin] == "\n":
            return Boundary.INSIDE
        if begin - after == MOST_BLANKS:
            return Boundary.END
        following = self._next_word(begin)
        if isinstance(following, Boundary):
            return following
        if following[0].islower():
            begins = is_lowercase or self._begins_with_small_letter(following)
            if begins is None:
                return Boundary.UNKNOWN
            if begins:
                following = following[0].upper() + following[1:]
        mark_ends = self._mark_ends(run, following)
        if mark_ends is None:
            return Boundary.UNKNOWN
        return Boundary.END if mark_ends and self._closing_allows(text[begin], following) else Boundary.INSIDE

    def _next_word(self, begin: int) -> str | Boundary:
        """Return the text from the first letter of the next word on; what the mark is if there is no word."""
        text = self._text
        lead = _clitic().match(text, begin) or _LEAD.match(text, begin)
        assert lead is not None
        at = lead.end()
        if at == len(text) or (text[at] in POINTS and at + 1 == len(text)):
            return Boundary.UNKNOWN
        if text[at].isalnum():
            return text[at:]
        if text[at] in _NEXT_MARKUP or text[at] in OPENERS or is_symbol(text[at]) or self._is_name(at):
            return _ANY_WORD
        return Boundary.INSIDE

    def _begins_with_small_letter(self, following: str) -> bool | None:
        """Return whether a sentence may begin so: with "example.com", or after a script without capitals."""
        before = self._text[self._mark - 1]
        if before.isalpha() and not has_case(before):
            return True
        if _SMALL_NAME.match(following):
            return True
        return None if _MAYBE_SMALL_NAME.fullmatch(following) else False

    def _is_name(self, at: int) -> bool:
        """Return whether a name begins with a point there: ".NET"."""
        return self._text[at] in POINTS and self._text[at + 1 : at + 2].isalnum()

    def _mark_ends(self, run: str, following: str) -> bool | None:
        text = self._text
        if any(mark in WIDE_STOPS for mark in run):
            return True
        starts = not following[0].islower() or not has_case(following[0])
        if len(run) == 1 and run in POINTS:
            return full_stop_ends(text, self._mark, following, line=self._line)
        if not starts or all(mark in POINTS or mark in ELLIPSES for mark in run):
            return starts
        return self._exclamation_ends(following)

    def _exclamation_ends(self, following: str) -> bool | None:
        """Tell "Stop! Go" from "Yahoo! Inc."."""
        name = _LAST_WORD.search(self._text, max(0, self._mark - _NAME_VIEW), self._mark)
        known = all_languages()
        if name is None or name[1].lower() not in known.sentences.names_with_marks:
            return True
        if not name[1][0].isupper():
            return True
        word = re.match(r"\w*", following)
        assert word is not None
        if word.end() == len(following):
            return None
        return word.group().lower() not in known.abbreviations.company_kinds

    def _closing_allows(self, begin: str, following: str) -> bool:
        """Return whether the sentence ends with the quote or bracket that was just closed.

        After a quote within a sentence that may go on. One that is a sentence of its own may be
        followed by who said it, which in scripts without capital letters looks like any other sentence.
        """
        if any(pair.within_sentence for pair in self._closing.pairs_closed):
            return False
        quotes = any(pair.mark in OPENING_QUOTES for pair in self._closing.pairs_closed)
        return not quotes or begin in OPENERS or following[0].isdigit() or has_case(following[0])


@derived
def _clitic(language: Language) -> re.Pattern[str]:
    """Match a letter after an apostrophe that a sentence begins with: "'s Avonds"."""
    letters = "|".join(map(re.escape, language.sentences.clitics))
    return re.compile(rf"['’](?:{letters})(?:\Z|[^\S\n]+)")
