"""Channels of OpenAI's Harmony format whose tokens a server dropped: `analysisHm.assistantfinalHi.`"""

from __future__ import annotations

import re

_FINAL = "assistantfinal"
_CHANNELS = ("analysis", "commentary", _FINAL)
_BEGINNING = re.compile(rf"\s*(?:(?:analysis|commentary)(?=[A-Z\n])|{_FINAL})")


class HarmonyChannels:
    """Takes the text of a reply in chunks and returns its final channel; other text passes unchanged."""

    def __init__(self) -> None:
        self.has_reasoning = False
        """Whether there was text on another channel."""
        self._held: str | None = ""
        self._searched = 0

    def feed(self, text: str) -> str:
        """Return what can be spoken now."""
        if self._held is None:
            return text
        self._held += text
        beginning = self._held.lstrip()
        if any(channel.startswith(beginning) for channel in _CHANNELS):
            return ""
        if not _BEGINNING.match(self._held):
            return self._release()
        end = self._held.find(_FINAL, self._searched)
        if end < 0:
            self._searched = max(0, len(self._held) - len(_FINAL))
            return ""
        self.has_reasoning = self.has_reasoning or not self._held.lstrip().startswith(_FINAL)
        return self._release()[end + len(_FINAL) :]

    def finish(self, *, truncated: bool) -> str:
        """Return the text that was held back; `truncated` if the reply reached its maximum length."""
        held = self._release()
        if truncated and _BEGINNING.match(held):
            self.has_reasoning = True
            return ""
        return held

    def _release(self) -> str:
        held, self._held = self._held or "", None
        return held
