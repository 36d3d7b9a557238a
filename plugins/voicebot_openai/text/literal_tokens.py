"""Telling a mark that a model meant as one from an answer that is about marks ("the tag <think> means").

What is said about a mark stands within a sentence, between blanks, or in quotes or code. A mark itself stands
where a sentence, a line or the reply begins or ends, or touches the words beside it.
"""

from __future__ import annotations

import re

from voicebot_openai.text.special_tokens import Kind

_QUOTES = "\"'“”„‘’‚«»‹›「」『』(（"
_AROUND = "\"'”’»)]*_ \t"
_IN_A_ROW = ",;)"
_PUNCTUATION = ".,;:!?)…\"'”’»、，。！？"
_CODE = re.compile(r"`+|\n")
_BEGINNING = 12  # characters of a line that tell whether it is an item of a list
_LIST_ITEM = re.compile(r"\s*(?:\d{1,3}[.)]|[-*+•])\s*")
_OPENED_BY = {
    Kind.THOUGHT_ENDS: Kind.THOUGHT,
    Kind.TURN_ENDS: Kind.BEGINNING,
    Kind.ASSISTANT: Kind.OTHERS,
    Kind.CALL_ENDS: Kind.CALL,
}


class Mentions:
    """Follows the text that is given away, and judges the marks in it."""

    def __init__(self) -> None:
        self.last = ""
        """The last character that was given."""
        self._before = self._tail = self._line = ""
        self._ticks = 0
        self._in_code = self._in_block = False
        self._opened = dict.fromkeys(_OPENED_BY.values(), 0)

    @property
    def within_sentence(self) -> bool:
        """Whether the text so far ends in the middle of a sentence, or where an item of a list begins."""
        if self._before.isalnum() or (self._before and self._before in ",-–—&"):
            return True
        return _LIST_ITEM.fullmatch(self._line) is not None

    def given(self, text: str) -> None:
        """Take note of the next piece of text."""
        self.last = text[-1]
        self._tail = (self._tail + text)[-2:]
        _, newline, line = text.rpartition("\n")
        self._line = ((newline or self._line) + line)[:_BEGINNING].lstrip("\n")
        if (core := line.rstrip(_AROUND)) or newline:
            self._before = core[-1:]
        self._follow_code(text)

    def passed(self) -> None:
        """Take note of a mark that was no mention."""
        self._tail = ">"

    def is_mention(self, kind: Kind, after: str) -> bool:
        """Return whether a mark is text; `after` is the text behind it, up to what is no blank."""
        opener = _OPENED_BY.get(kind)
        if opener is not None and self._opened[opener]:
            self._opened[opener] -= 1
            return True
        mention = self._is_quoted(after) or self._stands_as_a_word(kind, after)
        if mention and kind in self._opened:
            self._opened[kind] += 1
        return mention

    def _is_quoted(self, after: str) -> bool:
        if self._in_code or self._in_block or self._ticks:
            return True
        quote, before = self._tail[-1:], self._tail[:-1]
        return quote != "" and quote in _QUOTES and (not before or before.isspace()) and after != ""

    def _stands_as_a_word(self, kind: Kind, after: str) -> bool:
        following = after.lstrip(" \t")
        apart = following != after
        if not self.last and kind is Kind.THOUGHT:
            return False
        if after[:1] and after[:1] in _IN_A_ROW:
            return True
        if not self.within_sentence:
            return apart and following[:1].islower() and kind is not Kind.THOUGHT
        if kind is Kind.BEGINNING:
            return True
        if not self._tail[-1:].isspace():
            return False
        return (apart and following[:1].isalnum()) or (after != "" and after[0] in _PUNCTUATION)

    def _follow_code(self, text: str) -> None:
        if self._ticks and not text.startswith("`"):
            self._end_ticks()
        for found in _CODE.finditer(text):
            if found[0] == "\n":
                self._in_code = False
                continue
            self._ticks += len(found[0])
            if found.end() < len(text):
                self._end_ticks()

    def _end_ticks(self) -> None:
        if self._ticks >= 3:
            self._in_block = not self._in_block
        elif not self._in_block:
            self._in_code = not self._in_code
        self._ticks = 0
