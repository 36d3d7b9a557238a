"""What helps a bot that hears itself, told once when it is certain that it does."""

from __future__ import annotations

from voicebot.config.schema import EchoMode
from voicebot.engine.text.words import words

_ADVICE: dict[EchoMode, str] = {
    "none": "the bot hears itself and ignores it; use headphones, or `echo: cancel` in the config",
    "cancel": "the bot still hears itself and ignores it; turn the speaker down, or use `echo: mute`",
    "mute": "the bot still hears itself and ignores it; turn the speaker down, or use headphones",
}
_REPEATED, _AT_LENGTH = 2, 8
"""How often the bot's words are heard, or how many at once, until it cannot be a user who repeats them."""


class EchoAdvice:
    """Notes what the bot heard of itself, and knows when to say what helps."""

    def __init__(self, mode: EchoMode) -> None:
        self._advice = _ADVICE[mode]
        self._times = 0

    def ignored(self, text: str) -> str:
        """Take note of an echo; return the advice the first time that it is certain, else nothing.

        Args:
            text: the words that were heard, empty where it was known by its sound.
        """
        self._times += 1
        if text and self._times < _REPEATED and len(words(text)) < _AT_LENGTH:
            return ""
        advice, self._advice = self._advice, ""
        return advice
