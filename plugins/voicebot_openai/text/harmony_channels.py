"""Channels whose marks a server swallowed, but not their names, as in `analysisHm.assistantfinalHello.`"""

from __future__ import annotations

import re

_END = "assistantfinal"
_BEGINNINGS = ("analysis", "commentary", _END)
_BEGUN = re.compile(rf"\s*(?:(?:analysis|commentary)(?=[A-Z\n])|{_END})")


class BareChannels:
    """Takes a reply's text in pieces and gives what is on its last channel; other replies pass unchanged."""

    def __init__(self) -> None:
        self.thought = False
        """Whether there was anything on another channel."""
        self._held: str | None = ""
        self._searched = 0

    def feed(self, text: str) -> str:
        """Return what may be for people now."""
        if self._held is None:
            return text
        self._held += text
        begun = self._held.lstrip()
        if any(beginning.startswith(begun) for beginning in _BEGINNINGS):
            return ""
        if not _BEGUN.match(self._held):
            return self._all()
        end = self._held.find(_END, self._searched)
        if end < 0:
            self._searched = max(0, len(self._held) - len(_END))
            return ""
        self.thought = self.thought or not self._held.lstrip().startswith(_END)
        return self._all()[end + len(_END) :]

    def finish(self, *, cut: bool) -> str:
        """Return what was held back, at the end of the reply; `cut` where there was no room for all of it."""
        held = self._all()
        if cut and _BEGUN.match(held):
            self.thought = True
            return ""
        return held

    def _all(self) -> str:
        held, self._held = self._held or "", None
        return held
