"""Audio that waits to be given to the device."""

from __future__ import annotations


class PendingAudio:
    """Pieces of audio in the order in which they are to be played.

    Args:
        longest_piece: bytes; longer audio is divided, so that the device is given a little at a time.
    """

    def __init__(self, longest_piece: int) -> None:
        self.size = 0
        """Bytes."""
        self._longest_piece = longest_piece
        self._pieces: list[bytes] = []

    def __bool__(self) -> bool:
        return bool(self._pieces)

    def add(self, audio: bytes) -> None:
        """Add audio at the end."""
        size, longest = len(audio), self._longest_piece
        self.size += size
        if size <= longest:
            self._pieces.append(audio)
        else:
            self._pieces += (audio[start : start + longest] for start in range(0, size, longest))

    def take(self) -> bytes:
        """Remove the first piece and return it."""
        audio = self._pieces.pop(0)
        self.size -= len(audio)
        return audio

    def put_back(self, pieces: list[bytes]) -> None:
        """Put pieces in front: the device had them, but has not played them."""
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
