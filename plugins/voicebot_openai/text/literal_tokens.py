"""Telling a special token from text that merely mentions one ("the tag <think> means ...").

A token that is mentioned stands within a sentence, between blanks, or in quotes or code. A real one stands
where a sentence, a line or the reply begins or ends, or touches the words beside it.
"""

from __future__ import annotations

import re

from voicebot_openai.text.special_tokens import TokenKind

_QUOTES = "\"'“”„‘’‚«»‹›「」『』(（"
_CLOSING = "\"'”’»)]*_ \t"
_LIST_SEPARATORS = ",;)"
_PUNCTUATION = ".,;:!?)…\"'”’»、，。！？"
_CODE = re.compile(r"`+|\n")
_LINE_START = 12
"""Characters of a line that show whether it is a list item."""
_LIST_ITEM = re.compile(r"\s*(?:\d{1,3}[.)]|[-*+•])\s*")
_OPENED_BY = {
    TokenKind.REASONING_END: TokenKind.REASONING_START,
    TokenKind.TURN_END: TokenKind.SEQUENCE_START,
    TokenKind.ASSISTANT_TURN: TokenKind.OTHER_TURN,
    TokenKind.TOOL_CALL_END: TokenKind.TOOL_CALL_START,
}


class LiteralTokens:
    """Follows the text that is returned, and decides which tokens in it are literal text."""

    def __init__(self) -> None:
        self.last = ""
        """The last character that was returned."""
        self._before = self._tail = self._line = ""
        self._ticks = 0
        self._in_code = self._in_block = False
        self._opened = dict.fromkeys(_OPENED_BY.values(), 0)

    @property
    def within_sentence(self) -> bool:
        """Whether the text so far ends in the middle of a sentence, or at the beginning of a list item."""
        if self._before.isalnum() or (self._before and self._before in ",-–—&"):
            return True
        return _LIST_ITEM.fullmatch(self._line) is not None

    def add_text(self, text: str) -> None:
        """Follow text that was returned."""
        self.last = text[-1]
        self._tail = (self._tail + text)[-2:]
        _, newline, line = text.rpartition("\n")
        self._line = ((newline or self._line) + line)[:_LINE_START].lstrip("\n")
        if (core := line.rstrip(_CLOSING)) or newline:
            self._before = core[-1:]
        self._follow_code(text)

    def add_token(self) -> None:
        """Follow a token that was not literal."""
        self._tail = ">"

    def is_literal(self, kind: TokenKind, after: str) -> bool:
        """Return whether a token is text.

        Args:
            after: the text that follows it, up to a character that is not blank.
        """
        opener = _OPENED_BY.get(kind)
        if opener is not None and self._opened[opener]:
            self._opened[opener] -= 1
            return True
        literal = self._is_quoted(after) or self._is_used_as_word(kind, after)
        if literal and kind in self._opened:
            self._opened[kind] += 1
        return literal

    def _is_quoted(self, after: str) -> bool:
        if self._in_code or self._in_block or self._ticks:
            return True
        quote, before = self._tail[-1:], self._tail[:-1]
        return quote != "" and quote in _QUOTES and (not before or before.isspace()) and after != ""

    def _is_used_as_word(self, kind: TokenKind, after: str) -> bool:
        following = after.lstrip(" \t")
        separate = following != after
        if not self.last and kind is TokenKind.REASONING_START:
            return False
        if after[:1] and after[:1] in _LIST_SEPARATORS:
            return True
        if not self.within_sentence:
            return separate and following[:1].islower() and kind is not TokenKind.REASONING_START
        if kind is TokenKind.SEQUENCE_START:
            return True
        if not self._tail[-1:].isspace():
            return False
        return (separate and following[:1].isalnum()) or (after != "" and after[0] in _PUNCTUATION)

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
