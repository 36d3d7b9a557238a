"""The audio that was written to a device and may not have been played: what can still be taken back."""

from __future__ import annotations

from voicebot.audio import AudioFormat
from voicebot.engine.speaking.playback.monitor import PlaybackMonitor
from voicebot.interfaces import AudioStream

_KEPT_SECONDS = 2.0
"""Seconds of audio above which the beginning is dropped as far as the device has played it."""


class DeviceQueue:
    """Follows a device by the seconds that it says it has played, counted from when its queue was empty.

    Args:
        stream: the device's.
        format: what its speaker takes.
        monitor: follows what is written to the device, and when it is cleared.
    """

    def __init__(self, stream: AudioStream, format: AudioFormat, monitor: PlaybackMonitor | None) -> None:
        self.pieces_given = 0
        """How many pieces were ever written to the device, including those taken back."""
        self._stream = stream
        self._format = format
        self._monitor = monitor
        self._kept_size = format.bytes_in(_KEPT_SECONDS)
        self.forget()

    def forget(self) -> None:
        """Start with an empty queue."""
        self._empty_at = self._stream.played
        self._given = self._size = 0
        """Bytes given since then, and how many of them are kept."""
        self._pieces: list[bytes] = []

    def add(self, audio: bytes, gain: float) -> bytes:
        """Add audio that is written now; return it at the volume at which it is to be played."""
        self._pieces.append(audio)
        self.pieces_given += 1
        size = len(audio)
        self._size += size
        self._given += size
        if self._size > self._kept_size:
            self._drop_played()
        if gain != 1.0:
            audio = _with_gain(audio, gain)
        if self._monitor is not None:
            self._monitor.written(audio)
        return audio

    @property
    def end(self) -> float:
        """Second, on the device's count of what it has played, at which its queue will be empty."""
        return self._empty_at + self._format.seconds_in(self._given)

    def take_back(self) -> list[bytes]:
        """Clear the device; return what it had not played, in order."""
        self._stream.clear()
        if self._monitor is not None:
            self._monitor.cleared()
        self._drop_played()
        unplayed = self._pieces
        self.forget()
        return unplayed

    def _drop_played(self) -> None:
        played = self._format.bytes_in(self._stream.played - self._empty_at)
        excess = self._size - (self._given - played)
        count = 0
        for piece in self._pieces:
            if excess < len(piece):
                break
            excess -= len(piece)
            self._size -= len(piece)
            count += 1
        del self._pieces[:count]
        if self._pieces and excess > 0:
            self._pieces[0] = self._pieces[0][excess:]
            self._size -= excess


def _with_gain(audio: bytes, gain: float) -> bytes:
    import numpy

    return (numpy.frombuffer(audio, dtype="<i2") * gain).astype("<i2").tobytes()
