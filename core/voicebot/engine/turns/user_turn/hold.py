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
        self._only_if_said = False

    @property
    def is_active(self) -> bool:
        """Whether the turn waits."""
        return (self.is_permanent or self.until_speech) and not self.is_released

    def release(self, instructions: str, *, only_if_said: bool) -> None:
        """Answer the turn once its words are complete; if there are none, speak unless `only_if_said`."""
        self.is_released, self.instructions, self._only_if_said = True, instructions, only_if_said

    @property
    def speaks_without_words(self) -> bool:
        """Whether the bot speaks although there is nothing to answer."""
        return self.is_released and not self._only_if_said

    def turn_ended(self) -> str:
        """Begin a new turn; return the instructions for the last one."""
        instructions, self.instructions = self.instructions, ""
        self.until_speech = self.is_released = False
        return instructions
