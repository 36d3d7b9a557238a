"""Audio that waits to be written to the device."""

from __future__ import annotations


class PendingAudio:
    """Pieces of audio in the order in which they are to be played."""

    def __init__(self) -> None:
        self.size = 0
        """Bytes."""
        self._pieces: list[bytes] = []

    def add(self, audio: bytes, longest: int) -> None:
        """Add audio at the end, divided into pieces of at most `longest` bytes."""
        self._pieces += (audio[start : start + longest] for start in range(0, len(audio), longest))
        self.size += len(audio)

    def take(self) -> bytes:
        """Remove the first piece and return it."""
        audio = self._pieces.pop(0)
        self.size -= len(audio)
        return audio

    def put_back(self, pieces: list[bytes]) -> None:
        """Put pieces in front that the device had not played."""
        self._pieces[:0] = pieces
        self.size += sum(map(len, pieces))

    def cut(self, size: int) -> None:
        """Remove `size` bytes from the end, or all there are."""
        while self._pieces and size > 0:
            last = self._pieces.pop()
            removed = min(size, len(last))
            if kept := last[: len(last) - removed]:
                self._pieces.append(kept)
            size -= removed
            self.size -= removed

    def clear(self) -> None:
        """Remove all."""
        self._pieces.clear()
        self.size = 0
