"""What plugins contribute, kept by name: all that one plugin brings, or nothing where it fails half-way."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from voicebot.plugin.packages import OURS

KeyT = TypeVar("KeyT", bound=Hashable)
ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True)
class Rivalry:
    """A name that two plugins want to have: that of `winner`, which came first, has it."""

    kind: str
    name: str
    winner: str
    loser: str

    def __str__(self) -> str:
        owner = "voicebot itself" if self.winner == OURS else self.winner
        return (
            f"the {self.kind} '{self.name}' is that of {owner}; {self.loser} wants to bring another of the "
            "same name, which is not used"
        )


class Collector(Generic[KeyT, ItemT]):
    """Holds contributions; `_distribution` is whose are being collected."""

    def __init__(self) -> None:
        self._items: dict[KeyT, ItemT] = {}
        self._distribution = ""
        self.rivalries: tuple[Rivalry, ...] = ()
        """The names that were refused since they are taken."""

    def _lose(self, kind: str, name: str, winner: str) -> None:
        """Take note that a name is taken, for whatever the plugin makes of that."""
        self.rivalries += (Rivalry(kind, name, winner, self._distribution),)

    @contextmanager
    def _collecting(self, distribution: str) -> Iterator[list[ItemT]]:
        """Collect what one plugin brings into a list; take it back if the block raises."""
        before = dict(self._items)
        self._distribution = distribution
        added: list[ItemT] = []
        try:
            yield added
        except BaseException:
            self._items = before
            raise
        added += (item for key, item in self._items.items() if key not in before)
