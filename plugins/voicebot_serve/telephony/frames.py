"""Sound for carriers whose messages have to be of one length."""

from __future__ import annotations


class Frames:
    """Cuts sound into frames, before a carrier encodes it.

    Args:
        size: bytes of each, as s16le; 0 if sound may be sent in pieces of any length.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._rest = b""

    def cut(self, audio: bytes) -> list[bytes]:
        """Return what is complete; the rest waits for more sound, or for `last`."""
        if not self._size:
            return [audio] if audio else []
        audio = self._rest + audio
        whole = len(audio) - len(audio) % self._size
        self._rest = audio[whole:]
        return [audio[start : start + self._size] for start in range(0, whole, self._size)]

    def last(self) -> list[bytes]:
        """Return the rest, filled with silence, if there is one."""
        rest, self._rest = self._rest, b""
        return [rest.ljust(self._size, b"\0")] if rest else []

    def clear(self) -> None:
        """Drop the rest."""
        self._rest = b""

    @property
    def waiting(self) -> int:
        """Bytes of the rest."""
        return len(self._rest)
