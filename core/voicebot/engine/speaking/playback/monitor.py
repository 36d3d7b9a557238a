"""The interface to which the speaker reports its audio, so that echoes of it can be recognised."""

from __future__ import annotations

from typing import Protocol


class PlaybackMonitor(Protocol):
    """Follows what is written to the device, and when it is cleared."""

    def written(self, audio: bytes) -> None:
        """Take audio that is written to the device, at its final volume."""

    def cleared(self) -> None:
        """Drop what was written to the device and not played."""
