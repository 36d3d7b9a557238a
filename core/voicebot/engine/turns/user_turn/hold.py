"""Whether the user's turn waits until its answer is asked for, however long the silence."""

from __future__ import annotations


class Hold:
    """Holds turns back."""

    def __init__(self) -> None:
        self.is_permanent = False
        """Whether every turn waits."""
        self.until_speech = False
        """Whether this turn waits, unless the user speaks."""
        self.is_released = False
        """Whether the answer has been asked for."""
        self.instructions = ""
        """What replaces the system message of the answer that was asked for."""

    @property
    def is_active(self) -> bool:
        """Whether the turn waits."""
        return (self.is_permanent or self.until_speech) and not self.is_released

    def release(self, instructions: str) -> None:
        """Answer the turn once its words are complete."""
        self.is_released, self.instructions = True, instructions

    def turn_ended(self) -> str:
        """Begin a new turn; return the instructions for the last one."""
        instructions, self.instructions = self.instructions, ""
        self.until_speech = self.is_released = False
        return instructions
