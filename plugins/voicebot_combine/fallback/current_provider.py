"""Which provider a conversation is with: it stays with one until that one fails."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

_MOST = 10_000
"""Conversations that are remembered; those that have not asked for longest are forgotten first."""


@dataclass(slots=True)
class Standing:
    """The number of a conversation's provider, and what it has not been told yet."""

    number: int = 0
    news: str = ""

    def take_news(self) -> str:
        """Return what the conversation has not been told yet; it is then told."""
        news, self.news = self.news, ""
        return news


class Standings:
    """The standing of each conversation, by its id."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._standings: OrderedDict[str, Standing] = OrderedDict()

    def of(self, conversation: str) -> Standing:
        """Return where a conversation stands: a new one with the first provider."""
        standing = self._standings.setdefault(conversation, Standing())
        self._standings.move_to_end(conversation)
        if len(self._standings) > self._most:
            self._standings.popitem(last=False)
        return standing
