"""What plugins contribute, kept by name: all that one plugin brings, or nothing where it fails half-way."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)
ItemT = TypeVar("ItemT")


class Collector(Generic[KeyT, ItemT]):
    """Holds contributions; `_distribution` is whose are being collected."""

    def __init__(self) -> None:
        self._items: dict[KeyT, ItemT] = {}
        self._distribution = ""

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
