"""What plugins contribute, by name: everything that a plugin brings, or nothing if it fails half-way."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from voicebot.plugin.packages import OURS

KeyT = TypeVar("KeyT", bound=Hashable)
ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True)
class NameConflict:
    """A name that two distributions claim: the `winner`, which came first, keeps it."""

    kind: str
    name: str
    winner: str
    loser: str

    def __str__(self) -> str:
        owner = "voicebot itself" if self.winner == OURS else self.winner
        return (
            f"the {self.kind} '{self.name}' is provided by {owner}; another of the same name, "
            f"from {self.loser}, is not used"
        )


class Collector(Generic[KeyT, ItemT]):
    """Holds contributions; `_distribution` is the one whose are being collected."""

    def __init__(self) -> None:
        self._items: dict[KeyT, ItemT] = {}
        self._distribution = ""
        self.conflicts: tuple[NameConflict, ...] = ()
        """The names that were refused because they were taken."""

    def _record_conflict(self, kind: str, name: str, winner: str) -> None:
        """Record that a name is taken, even if the plugin handles the error."""
        self.conflicts += (NameConflict(kind, name, winner, self._distribution),)

    @contextmanager
    def _collecting(self, distribution: str) -> Iterator[list[ItemT]]:
        """Collect what one plugin brings into a list; remove it again if the block raises."""
        before = dict(self._items)
        self._distribution = distribution
        added: list[ItemT] = []
        try:
            yield added
        except BaseException:
            self._items = before
            raise
        added += (item for key, item in self._items.items() if key not in before)
