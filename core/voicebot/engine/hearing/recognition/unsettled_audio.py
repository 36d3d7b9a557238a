"""Sound that no final transcript has answered yet: it is told again where recognition breaks."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from enum import Enum, auto
from typing import TypeAlias

from voicebot.audio import AudioFormat


class Mark(Enum):
    """What is said to a recogniser between pieces of sound."""

    COMMIT = auto()
    FINISH = auto()


Item: TypeAlias = bytes | Mark


class UnsettledAudio:
    """Sound and marks in their order, at most `seconds` of sound."""

    def __init__(self, seconds: float, sound: AudioFormat) -> None:
        self.begins = 0
        """Position of the first byte that is left, counted from the first that there was."""
        self.commits = 0
        """How many commits there are."""
        self._most = sound.bytes_in(seconds)
        self._size = 0
        self._items: deque[Item] = deque()

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)

    def __bool__(self) -> bool:
        return bool(self._items)

    def add(self, item: Item) -> None:
        """Keep one more; what is older than `seconds` is forgotten."""
        self._items.append(item)
        if isinstance(item, bytes):
            self._size += len(item)
        elif item is Mark.COMMIT:
            self.commits += 1
        while self._size > self._most:
            self._forget_first()

    def clear(self) -> None:
        """Forget all sound and commits; that no more will come stays."""
        while self._items and self._items[0] is not Mark.FINISH:
            self._forget_first()

    def settle_commit(self) -> None:
        """Forget what was said up to the first commit."""
        while self._forget_first() is not Mark.COMMIT:
            pass

    def settle_sound(self, position: int, *, most_commits: int = 0) -> None:
        """Forget the sound before that position, and no more commits in it than so many."""
        while self._items and self._items[0] is not Mark.FINISH:
            item = self._items[0]
            if isinstance(item, bytes) and self.begins + len(item) > position:
                return
            if item is Mark.COMMIT:
                if not most_commits:
                    return
                most_commits -= 1
            self._forget_first()

    def commits_before(self, position: int) -> int:
        """Return how many commits were made before that position of the sound."""
        at, commits = self.begins, 0
        for item in self._items:
            at += len(item) if isinstance(item, bytes) else 0
            if at > position:
                break
            commits += item is Mark.COMMIT
        return commits

    def _forget_first(self) -> Item:
        item = self._items.popleft()
        if isinstance(item, bytes):
            self.begins += len(item)
            self._size -= len(item)
        elif item is Mark.COMMIT:
            self.commits -= 1
        return item
