"""The settings for tools, apart from which there are."""

from __future__ import annotations

from pydantic import field_validator

from voicebot.options import Field, Options


class ToolUseOptions(Options):
    """How tools are used in a turn."""

    most: int = Field(4, ge=1, le=50)
    """How often the chat model may call tools in one turn, each time one or several at once; after that, it
    has to answer in words."""
    timeout: float = Field(10.0, gt=0, le=3600)
    """Seconds that a call may take, unless the tool has a limit of its own."""
    wait_line: tuple[str, ...] = ("One moment.",)
    """What the bot says while tools run, if it has not said anything in this turn and the tool does not
    report its progress: one line after the other, from turn to turn. Empty for nothing."""
    wait_after: float = Field(1.0, ge=0, le=60)
    """Seconds from the end of the user's turn after which it says so."""
    result_limit: int = Field(6000, ge=100, le=1_000_000)
    """Characters of a result that the chat model gets; the rest is cut off, with a note."""

    @field_validator("wait_line")
    @classmethod
    def _say_something(cls, lines: tuple[str, ...]) -> tuple[str, ...]:
        if not all(line.strip() for line in lines):
            raise ValueError("one of the texts is empty")
        return lines
