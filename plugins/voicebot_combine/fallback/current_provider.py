"""The current provider of each conversation: a conversation stays with one until that one fails."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

_MAX_CONVERSATIONS = 10_000
"""Conversations to remember; those that have not asked for longest are forgotten first."""


@dataclass(slots=True)
class CurrentProvider:
    """The index of a conversation's provider, and a notice that its observers have not got yet."""

    index: int = 0
    notice: str = ""

    def take_notice(self) -> str:
        """Return and clear the notice."""
        notice, self.notice = self.notice, ""
        return notice


class CurrentProviders:
    """The current provider of each conversation, by its id."""

    def __init__(self, limit: int = _MAX_CONVERSATIONS) -> None:
        self._limit = limit
        self._by_conversation: OrderedDict[str, CurrentProvider] = OrderedDict()

    def of(self, conversation: str) -> CurrentProvider:
        """Return the current provider of a conversation; a new conversation begins with the first."""
        current = self._by_conversation.setdefault(conversation, CurrentProvider())
        self._by_conversation.move_to_end(conversation)
        if len(self._by_conversation) > self._limit:
            self._by_conversation.popitem(last=False)
        return current
