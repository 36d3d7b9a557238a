"""What is kept of a session, as text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from voicebot import Message, ProviderUsed
from voicebot_serve.store.seal import UnreadableValue

VERSION = 1
"""Of what is written; another one cannot be read."""
MOST_MESSAGES = 400
"""The latest ones are kept."""


@dataclass(slots=True)
class Record:
    """One session."""

    session: str
    turns: int = 0
    """How many turns the user has had."""
    answered: int = 0
    """How many of them had been answered, in part at least."""
    acted: int = 0
    """The last turn for which a tool was run that was not cancelled: it must not run twice."""
    messages: Sequence[Message] = ()
    """What user and bot said, as history has it."""
    speaking: list[str] = field(default_factory=list)
    """What was heard of the answer that is being said, which history does not have yet."""
    settings: dict[str, Any] = field(default_factory=dict)
    """What the client changed for itself, as its protocol writes it."""
    used: Sequence[ProviderUsed] = ()
    """What providers were used for, which a budget counts on."""

    def encoded(self) -> bytes:
        """Return the record as bytes."""
        said = [
            [message.role, message.content]
            for message in self.messages
            if message.role in {"user", "assistant"} and message.content
        ]
        fields = {
            "session": self.session,
            "turns": self.turns,
            "answered": self.answered,
            "acted": self.acted,
            "messages": said[-MOST_MESSAGES:],
            "speaking": self.speaking,
            "settings": self.settings,
            "used": [asdict(each) for each in self.used],
        }
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def decoded(cls, data: bytes, session: str) -> Record:
        """Return the record of a session.

        Raises:
            UnreadableValue: it is another one's, or none.
        """
        try:
            fields = json.loads(data)
            if fields.pop("session") != session:
                raise UnreadableValue
            messages = [Message(role, content) for role, content in fields.pop("messages")]
            used = [ProviderUsed(**each) for each in fields.pop("used", ())]  # it was not kept at first
            return cls(session, messages=messages, used=used, **fields)
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableValue from error
