"""Thoughts that a model writes before its answer must not be spoken.

Most servers keep them in a field of their own; those that do not stream them as
`<think> ... </think>` at the beginning of the text, cut into pieces anywhere.
"""

from __future__ import annotations

_OPEN, _CLOSE = "<think>", "</think>"


class ThoughtFilter:
    """Takes a reply's text in pieces and gives back what is to be spoken, without delay."""

    def __init__(self) -> None:
        self._held = ""
        self._take = self._before

    def feed(self, text: str) -> str:
        """Return what may be spoken now that `text` has come."""
        return self._take(text)

    def finish(self) -> str:
        """Return what was held back, at the end of the reply; an unfinished thought is dropped."""
        return self._held if self._take == self._before else ""

    def _before(self, text: str) -> str:
        self._held = (self._held + text).lstrip()
        if self._held.startswith(_OPEN):
            text, self._held = self._held[len(_OPEN) :], ""
            self._take = self._inside
            return self._take(text)
        if _OPEN.startswith(self._held):
            return ""
        answer, self._held = self._held, ""
        self._take = self._after
        return answer

    def _inside(self, text: str) -> str:
        thought, close, answer = (self._held + text).partition(_CLOSE)
        if not close:
            # Nothing but the beginning of the closing tag matters, and thoughts can be long.
            self._held = thought[-len(_CLOSE) + 1 :]
            return ""
        self._held = ""
        self._take = self._before  # a blank line follows, and sometimes a second thought
        return self._take(answer)

    def _after(self, text: str) -> str:
        return text
