"""Sound that is kept for a recogniser: before the gate opens, and until a final transcript covers it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from typing import TypeAlias

from voicebot.audio import AudioFormat, Resampler


class Control(Enum):
    """What is sent to a recogniser between pieces of sound."""

    COMMIT = auto()
    FINISH = auto()


Item: TypeAlias = bytes | Control


class RetainedAudio:
    """Sound and controls in order, at most `seconds` of sound; positions are bytes from its beginning."""

    def __init__(self, seconds: float, audio_format: AudioFormat) -> None:
        self.position = 0
        """Position of the first byte that is left."""
        self.commits = 0
        """Number of commits that are left."""
        self._max_size = audio_format.bytes_in(seconds)
        self._size = 0
        self._items: list[Item] = []

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)

    def __bool__(self) -> bool:
        return bool(self._items)

    def converted(self, before: AudioFormat, after: AudioFormat, seconds: float) -> RetainedAudio:
        """Return the same sound and controls in another format, at most `seconds` of sound."""
        other, resampler = RetainedAudio(seconds, after), Resampler(before, after)
        for item in self._items:
            if not isinstance(item, bytes):
                other.add(resampler.flush())
            other.add(resampler.write(item) if isinstance(item, bytes) else item)
        other.add(resampler.flush())
        return other

    def add(self, item: Item) -> None:
        """Add sound or a mark, and drop sound that is older than `seconds`."""
        if item == b"":  # to some services, that means the end of the sound
            return
        self._items.append(item)
        if isinstance(item, bytes):
            self._size += len(item)
        elif item is Control.COMMIT:
            self.commits += 1
        while self._size > self._max_size:
            self._drop_first()

    def clear(self) -> None:
        """Drop all sound and commits, but not the mark of the end."""
        while self._items and self._items[0] is not Control.FINISH:
            self._drop_first()

    def settle_commit(self) -> None:
        """Drop everything up to the first commit."""
        while self._drop_first() is not Control.COMMIT:
            pass

    def settle_sound(self, position: int, *, max_commits: int = 0) -> None:
        """Drop the sound before a position, up to the commit after `max_commits` others."""
        while self._items and self._items[0] is not Control.FINISH:
            item = self._items[0]
            if isinstance(item, bytes) and self.position + len(item) > position:
                return
            if item is Control.COMMIT:
                if not max_commits:
                    return
                max_commits -= 1
            self._drop_first()

    def commits_before(self, position: int) -> int:
        """Return the number of commits before a position."""
        at, commits = self.position, 0
        for item in self._items:
            at += len(item) if isinstance(item, bytes) else 0
            if at > position:
                break
            commits += item is Control.COMMIT
        return commits

    def _drop_first(self) -> Item:
        item = self._items.pop(0)
        if isinstance(item, bytes):
            self.position += len(item)
            self._size -= len(item)
        elif item is Control.COMMIT:
            self.commits -= 1
        return item
