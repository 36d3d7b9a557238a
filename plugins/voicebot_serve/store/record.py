"""What is kept of a session, as text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from voicebot import Message, ProviderUsed
from voicebot_serve.store.seal import UnreadableValue

VERSION = 1
"""Of what is written; another one cannot be read. A field may be added without another: servers ignore those
that they do not know, and a field that is missing has its default."""
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
        kept = {
            "session": self.session,
            "turns": self.turns,
            "answered": self.answered,
            "acted": self.acted,
            "messages": said[-MOST_MESSAGES:],
            "speaking": self.speaking,
            "settings": self.settings,
            "used": [asdict(each) for each in self.used],
        }
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def decoded(cls, data: bytes, session: str) -> Record:
        """Return the record of a session.

        Raises:
            UnreadableValue: it is another one's, or none.
        """
        try:
            kept = _known(cls, json.loads(data))
            if kept.pop("session") != session:
                raise UnreadableValue
            messages = [Message(role, content) for role, content in kept.pop("messages")]
            used = [ProviderUsed(**_known(ProviderUsed, each)) for each in kept.pop("used", ())]
            return cls(session, messages=messages, used=used, **kept)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnreadableValue from error


def _known(kind: type[Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return those values that a dataclass has fields for."""
    names = {each.name for each in fields(kind)}
    return {name: value for name, value in kept.items() if name in names}
