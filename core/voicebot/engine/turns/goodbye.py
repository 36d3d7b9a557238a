"""Goodbye: whether the user or the bot has said it, and when to hang up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from voicebot.engine.text.farewell import is_farewell
from voicebot.engine.turns.actions import Action, HangUp, Prompt


class Goodbye:
    """Detects goodbyes; speaking over one keeps the conversation going.

    Args:
        phrases: what a user says to end the conversation.
        line: what the bot says before it hangs up; the chat model answers if it is empty.
        name: the bot's name.
    """

    def __init__(self, phrases: Iterable[str], line: str, name: str) -> None:
        self.line = line
        self.reason: Literal["phrase", "silence", "tool", "program"] | None = None
        """Why the bot is about to hang up; None if it is not."""
        self._last_line = ""
        """What the bot still says before it hangs up."""
        self._turn = 0
        self._phrases = tuple(phrases)
        self._name = name

    def become(self, other: Goodbye) -> None:
        """Go by the phrases, the line and the name of another from now on."""
        self.line, self._phrases, self._name = other.line, other._phrases, other._name

    def is_farewell(self, text: str) -> bool:
        """Return whether the user says goodbye."""
        return is_farewell(text, self._phrases, self._name)

    def user_turn_ended(self, text: str, turn: int) -> bool:
        """Return whether the user said goodbye in the turn of that number, which is about to be answered."""
        self._turn = turn
        if self.reason != "program":
            self.reason = "phrase" if self.is_farewell(text) else None
        return self.reason == "phrase"

    def correct(self, text: str, turn: int) -> None:
        """Correct the words of a turn: the beginning of a sentence may have sounded like goodbye."""
        if self.reason == "phrase" and turn == self._turn and not self.is_farewell(text):
            self.cancel()

    def user_is_gone(self) -> None:
        """Say goodbye because the user has been silent for too long."""
        self.reason = "silence"

    def ended_by_tool(self) -> None:
        """Hang up when the bot has finished: its chat model has ended the conversation."""
        if self.reason != "program":
            self.reason = "tool"

    def ended_by_program(self, last_line: str = "") -> None:
        """Hang up when the bot has finished, whatever the user says: the program that runs it wants that.

        Args:
            last_line: what the bot says before, once nobody is speaking.
        """
        self.reason, self._last_line = "program", last_line

    def cancel(self) -> None:
        """Keep the conversation going: the user has said something else."""
        if self.reason != "program":
            self.reason = None

    def decide(self, *, is_idle: bool) -> list[Action]:
        """Hang up if goodbye was said and the conversation is idle, but say the last line before."""
        if self.reason is None or not is_idle:
            return []
        line, self._last_line = self._last_line, ""
        return [Prompt(line)] if line else [HangUp()]
