"""How a conversation comes to its end while somebody could still speak."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from voicebot.config.schema import GoodbyeOptions
from voicebot.engine.text.farewell import is_farewell


class Goodbye:
    """Remembers that goodbye is being said; speaking over it keeps the conversation going.

    Args:
        name: what the bot is called.
        go: ends the conversation.
    """

    def __init__(self, options: GoodbyeOptions, name: str, go: Callable[[], None]) -> None:
        self.line = options.line
        """What the bot says before it goes."""
        self.by: Literal["phrase", "silence"] | None = None
        """What makes it go; None while it stays."""
        self._turn = 0
        self._phrases = options.phrases
        self._name = name
        self._go = go

    def is_farewell(self, text: str) -> bool:
        """Return whether the user says goodbye."""
        return is_farewell(text, self._phrases, self._name)

    def answer(self, text: str, turn: int) -> bool:
        """Take note of a turn of the user that is answered; return whether it says goodbye."""
        self.by = "phrase" if self.is_farewell(text) else None
        self._turn = turn
        return self.by is not None

    def correct(self, text: str, turn: int) -> None:
        """Take note of what a turn was after all: half a sentence may sound like goodbye."""
        if self.by == "phrase" and turn == self._turn and not self.is_farewell(text):
            self.stay()

    def stay(self) -> None:
        """Go on: the user has said something else."""
        self.by = None

    def settled(self, *, idle: bool) -> None:
        """Go, if goodbye was said and nobody has anything to add."""
        if self.by is not None and idle:
            self._go()
