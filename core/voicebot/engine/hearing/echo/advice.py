"""Advice for users whose bot hears itself, given once, when an echo is certain."""

from __future__ import annotations

from voicebot.config.schema import EchoMode
from voicebot.engine.text.words import words

_ADVICE: dict[EchoMode, str] = {
    "none": "the bot hears itself and ignores it; use headphones, or `echo: cancel` in the config",
    "cancel": "the bot still hears itself and ignores it; turn the speaker down, or use `echo: mute`",
    "mute": "the bot still hears itself and ignores it; turn the speaker down, or use headphones",
}
_CERTAIN_ECHOES, _CERTAIN_WORDS = 2, 8
"""This many echoes, or one of this many words, are no longer taken for a user who repeats the bot's words."""


class EchoAdvice:
    """Counts the echoes of a conversation, and gives advice against them."""

    def __init__(self, mode: EchoMode) -> None:
        self._advice = _ADVICE[mode]
        self._echoes = 0

    def on_echo(self, text: str) -> str:
        """Count an echo; return the advice the first time that an echo is certain, otherwise nothing.

        Args:
            text: the words of the echo, empty if it was recognised by its sound.
        """
        self._echoes += 1
        if text and self._echoes < _CERTAIN_ECHOES and len(words(text)) < _CERTAIN_WORDS:
            return ""
        advice, self._advice = self._advice, ""
        return advice
