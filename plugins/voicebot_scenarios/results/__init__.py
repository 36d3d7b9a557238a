"""What came of tests: checks, turn by turn; `report` shows them, `junit` writes them to a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold; `failure` says what happened instead, and is empty if it holds."""

    name: str
    failure: str = ""


@dataclass(frozen=True, slots=True)
class CheckedTurn:
    """A turn with its checks; `text` is what the user said or typed, empty if the user waited.

    `seconds` is how long it was, until the next turn began, on the clock of the conversation.
    """

    text: str
    answer: str
    checks: tuple[Check, ...]
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Result:
    """A scenario that was carried out; `seconds` is how long the conversation was."""

    file: Path
    name: str
    turns: tuple[CheckedTurn, ...]
    seconds: float = 0.0
    error: str = ""
    """Why it could not be carried out."""

    @property
    def checks(self) -> tuple[Check, ...]:
        """All checks, in order."""
        broken = (Check("can be carried out", self.error),) if self.error else ()
        return (*(check for turn in self.turns for check in turn.checks), *broken)

    @property
    def held(self) -> bool:
        """Whether all checks held."""
        return not any(check.failure for check in self.checks)
