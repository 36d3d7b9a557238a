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
    has_no_full_stops,
    is_symbol,
    is_unspaced,
)
from voicebot.engine.text.sentences.closing_marks import BLANKS, MOST_BLANKS, ClosingMarks
from voicebot.engine.text.sentences.full_stops import point_ends
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
"""What stands for the next word where markup or an emoji comes: no word that is known."""
_NEXT_MARKUP = "<[`$@#\\&【£€¥₹₽₩₺₴§№\x1b"
_GOES_ON_AFTER = ",;:，、；：،؛)]}）】/=+%"
_LAST_WORD = re.compile(r"(\w+)\W*\Z")
_NAME_VIEW = 30


class Verdict(Enum):
    """What a mark does to the sentence that it is in."""

    END = auto()
    GOES_ON = auto()
    WAIT = auto()


END, GOES_ON, WAIT = Verdict.END, Verdict.GOES_ON, Verdict.WAIT


class SentenceEnds:
    """Judges the mark at a place in a unit.

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

    def judge(self, *, wordy: bool, lowercase: bool) -> tuple[Verdict, int]:
        """Return the verdict, and where to cut or to go on reading.

        Args:
            wordy: whether there is anything to say in the unit so far.
            lowercase: whether sentences begin with small letters here.
        """
        text, at = self._text, self._mark
        if pattern := _GREEK_OR_ARMENIAN.get(text[at]):
            if not at or not pattern.match(text, at - 1):
                return GOES_ON, at + 1
            if at + 1 < len(text) and not text[at + 1].isspace() and text[at + 1] not in CLOSERS:
                return GOES_ON, at + 1
            stop = at + 1
        else:
            run = _RUN.match(text, at)
            assert run is not None
            stop = run.end()
        if stop == len(text):
            return WAIT, at
        if not wordy:
            return GOES_ON, stop
        after = self._closing.after_closers(stop)
        if after is None:
            return WAIT, at
        after = self._closing.after_emoji(after)
        if after is None:
            return WAIT, at
        if self.pairs.hold(at) and text[after] != "\n":
            return GOES_ON, after
        verdict = self._by_what_follows(text[at:stop], after, lowercase=lowercase)
        return verdict, (at if verdict is WAIT else after)

    def _by_what_follows(self, run: str, after: int, *, lowercase: bool) -> Verdict:
        text = self._text
        if text[after] == "\n":
            return GOES_ON  # the end of the line will be one of the sentence
        if not text[after].isspace():
            return self._without_blank(run, after)
        blanks = BLANKS.match(text, after)
        assert blanks is not None
        begin = blanks.end()
        if begin == len(text):
            return WAIT
        if text[begin] == "\n":
            return GOES_ON
        if begin - after == MOST_BLANKS:
            return END
        following = self._next_word(begin)
        if isinstance(following, Verdict):
            return following
        if following[0].islower():
            begins = lowercase or self._begins_with_small_letter(following)
            if begins is None:
                return WAIT
            if begins:
                following = following[0].upper() + following[1:]
        ends = self._mark_ends(run, following)
        if ends is None:
            return WAIT
        return END if ends and self._closed_allow(text[begin], following) else GOES_ON

    def _next_word(self, begin: int) -> str | Verdict:
        """Return the text from the first letter of the next word on; a verdict where there is no word."""
        text = self._text
        lead = _clitic().match(text, begin) or _LEAD.match(text, begin)
        assert lead is not None
        at = lead.end()
        if at == len(text) or (text[at] in POINTS and at + 1 == len(text)):
            return WAIT
        if text[at].isalnum():
            return text[at:]
        if text[at] in _NEXT_MARKUP or text[at] in OPENERS or is_symbol(text[at]) or self._is_name(at):
            return _ANY_WORD
        return GOES_ON

    def _begins_with_small_letter(self, following: str) -> bool | None:
        """Whether a sentence may begin so: with "example.com", or after a script without capitals."""
        before = self._text[self._mark - 1]
        if before.isalpha() and not has_case(before):
            return True
        if _SMALL_NAME.match(following):
            return True
        return None if _MAYBE_SMALL_NAME.fullmatch(following) else False

    def _is_name(self, at: int) -> bool:
        """Whether a name begins with a point there: ".NET"."""
        return self._text[at] in POINTS and self._text[at + 1 : at + 2].isalnum()

    def _mark_ends(self, run: str, following: str) -> bool | None:
        text = self._text
        if any(mark in WIDE_STOPS for mark in run):
            return True
        starts = not following[0].islower() or not has_case(following[0])
        if len(run) == 1 and run in POINTS:
            return point_ends(text, self._mark, following, line=self._line)
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

    def _closed_allow(self, begin: str, following: str) -> bool:
        """Say whether the sentence ends with the quote or bracket that was just closed.

        After a quote within a sentence that may go on. One that is a sentence of its own may be
        followed by who said it, which in scripts without capital letters looks like any other sentence.
        """
        if any(pair.within for pair in self._closing.pairs_closed):
            return False
        quotes = any(pair.mark in OPENING_QUOTES for pair in self._closing.pairs_closed)
        return not quotes or begin in OPENERS or following[0].isdigit() or has_case(following[0])

    def _without_blank(self, run: str, after: int) -> Verdict:
        text, mark = self._text, self._mark
        following = text[after]
        if following in _GOES_ON_AFTER:
            return GOES_ON
        quotes = any(pair.mark in OPENING_QUOTES or pair.within for pair in self._closing.pairs_closed)
        opening = following in OPENING_QUOTES or following in "¿¡（("
        wide = not run.isascii() and not all(each in ELLIPSES or each in POINTS for each in run)
        if quotes:
            return END if opening and wide else GOES_ON
        if following == "<":
            return END
        if is_symbol(following):
            return END if run[0] not in POINTS or text[mark - 1].isalpha() else GOES_ON
        if wide:
            return END if following.isalnum() or opening or following in "<[`*_【" else GOES_ON
        if all(each in ELLIPSES for each in run) or (len(run) > 1 and run[0] in POINTS):
            return GOES_ON
        if following in "¿¡":
            return END
        if not is_unspaced(following) or has_no_full_stops(following):
            return self._run_together(run, following)
        return END if run[0] not in POINTS or not text[mark - 1].isdigit() else GOES_ON

    def _run_together(self, run: str, following: str) -> Verdict:
        """Judge a question mark with a word directly after it: "What?Yes", but no address."""
        if run in POINTS or not following.isalpha() or following.islower():
            return GOES_ON
        before = self._text[max(0, self._mark - 1)]
        word = self._text[: self._mark].split()[-1:]
        plain = bool(word) and word[0].strip("\"'“¿¡(").replace("'", "").isalpha()
        return END if before.isalpha() and plain else GOES_ON


@derived
def _clitic(language: Language) -> re.Pattern[str]:
    """Match a letter after an apostrophe that a sentence begins with: "'s Avonds"."""
    return re.compile(rf"['’][{''.join(language.sentences.clitics)}](?:\Z|[^\S\n]+)")
