"""What the speaker reports of what it gives the device, so that echoes of it can be recognised."""

from __future__ import annotations

from typing import Protocol


class PlaybackMonitor(Protocol):
    """Follows what the device is given, and when it is cleared."""

    def written(self, audio: bytes) -> None:
        """Take audio that the device is given, as loud as it is given."""

    def cleared(self) -> None:
        """Drop what the device was given and has not played."""
