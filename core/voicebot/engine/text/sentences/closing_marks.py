"""What belongs to a sentence after its end mark: closing quotes and brackets, a footnote's number, emoji."""

from __future__ import annotations

import re

from voicebot.engine.text.characters import (
    CLOSERS,
    EMPHASIS,
    OPENING_QUOTES,
    is_invisible,
    is_symbol,
)
from voicebot.engine.text.sentences.open_pairs import OpenPairs, Pair

MOST_BLANKS = 40
BLANKS = re.compile(rf"[^\S\n]{{0,{MOST_BLANKS}}}")
"""Blanks within a line; no more of them, so that a unit does not wait for their end for ever."""
_LATE_QUOTE = re.compile(r"[ \u00a0\u202f]+[»›]")
_MAYBE_LATE_QUOTE = re.compile(r"[ \u00a0\u202f]+\Z")
_FOOTNOTE_BEGINS = "[【<"
_FOOTNOTE = re.compile(r"\[\^?[\w-]{1,20}\](?!\()|【\d[^】\n]{0,100}】|</[A-Za-z][\w:-]{0,20}\s{0,5}>")
_MAYBE_FOOTNOTE = re.compile(
    r"\[\^?[\w-]{0,20}\]?\Z|【(?:\d[^】\n]{0,100})?\Z|</?\Z|</[A-Za-z][\w:-]{0,20}\s{0,5}\Z"
)
_EMOJI_PARTS = "\u20e3\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_BEGINS_WITH_EMOJI = re.compile("\\s*(?:[\u2190-\u2bff\U0001f000-\U0001faff]|[0-9#*]\ufe0f?\u20e3)")
"""In a unit that begins with an emoji, the next emoji begins the next unit."""


def _is_emoji_part(character: str) -> bool:
    return is_symbol(character) or is_invisible(character) or character in _EMOJI_PARTS


class ClosingMarks:
    """Reads the marks that close together with a sentence.

    Args:
        pairs: what is open at the mark; what is closed is taken out of it.
    """

    def __init__(self, text: str, pairs: OpenPairs) -> None:
        self._text = text
        self.pairs = pairs
        self.pairs_closed: list[Pair] = []

    def after_closers(self, start: int) -> int | None:
        """Read the closing marks of the sentence; return its end, or None if that depends on more text."""
        text, at = self._text, start
        while at < start + 40:
            if at == len(text):
                return None
            character = text[at]
            if is_invisible(character):
                at += 1
            elif character in CLOSERS and at + 1 == len(text):
                return None
            elif character in CLOSERS and not self._opens(at):
                self._close(character, at)
                at += 1
                while character in EMPHASIS and text[at : at + 1] == character:
                    at += 1
            elif character in _FOOTNOTE_BEGINS and (match := _FOOTNOTE.match(text, at)):
                if match.end() == len(text):
                    return None
                at = match.end()
            elif character in _FOOTNOTE_BEGINS and _MAYBE_FOOTNOTE.match(text, at):
                return None
            elif (
                character.isspace() and self.pairs.would_close("»") and (quote := _LATE_QUOTE.match(text, at))
            ):
                self._close("»", quote.end() - 1)
                at = quote.end()
            elif character.isspace() and self.pairs.would_close("»") and _MAYBE_LATE_QUOTE.match(text, at):
                return None
            else:
                break
        return at

    def after_emoji(self, start: int) -> int | None:
        """Return the end of the emoji before the next blank, as they refer to what was said."""
        text, at = self._text, start
        if _BEGINS_WITH_EMOJI.match(text):
            return start
        while at < start + 40:
            blanks = BLANKS.match(text, at)
            assert blanks is not None
            end = blanks.end()
            if end == len(text):
                return None if at == start or end < start + 40 else at
            if not is_symbol(text[end]):
                return at
            while end < len(text) and _is_emoji_part(text[end]) and end < start + 80:
                end += 1
            if end == len(text):
                return None
            if not text[end].isspace():
                return at
            at = end
        return at

    def _opens(self, at: int) -> bool:
        """Return whether a quote directly after a full stop opens the next sentence, as in Chinese."""
        mark = self._text[at]
        if mark not in OPENING_QUOTES or mark in "'‘" or self.pairs.would_close(mark):
            return False
        return mark != '"' or self._text[at + 1 : at + 2].isalnum()

    def _close(self, mark: str, at: int) -> None:
        closed = self.pairs.read(mark, self._text[at - 1], " ", at, within_sentence=True)
        if closed is not None:
            self.pairs_closed.append(closed)
