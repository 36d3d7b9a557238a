"""What tools do."""

from __future__ import annotations

from typing import Literal

from voicebot.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class ToolStarted:
    """A tool began to run; `ahead` if the user's turn may not be over yet. `arguments` is JSON."""

    at: float
    id: str
    name: str
    arguments: str
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class ToolEnded:
    """A call is over; `text` is what the chat model is told.

    `outcome` is `done`; `failed`, with an error; `timeout`; `cancelled`, as the user spoke or the
    conversation ended; or, for a call that never ran, `declined` by the user, `refused`, since it was not
    valid, or `repeated`, since the same call had run in this turn. `seconds` is how long it ran. `detail` is
    what a developer should know of a failure, in place of the text; empty if the text says it all.
    """

    at: float
    id: str
    name: str
    outcome: Literal["done", "failed", "timeout", "cancelled", "declined", "refused", "repeated"]
    text: str
    seconds: float = 0.0
    detail: str = ""
