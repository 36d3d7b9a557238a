"""What providers of every kind may report."""

from __future__ import annotations

from voicebot.dataclass import dataclass
from voicebot.encodable import encodable


@dataclass(frozen=True, slots=True)
class Notice:
    """A message for people who watch the bot, such as "now using the spare voice".

    It goes to observers and has no other effect: it is neither text nor sound, and does not mean that any
    will follow.
    """

    message: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", encodable(self.message))
