"""The sound that a device was given and may not have played yet: what can be taken back of it."""

from __future__ import annotations

from collections import deque

from voicebot.audio import AudioFormat
from voicebot.interfaces import AudioStream

_KEPT_SECONDS = 2.0
"""Seconds of sound from which on it is looked whether the first of it has been played."""


class DeviceQueue:
    """Goes by what the device says it has played, counted from when nothing was queued.

    Args:
        stream: counts what it has played.
        sound: what the speaker takes.
    """

    def __init__(self, stream: AudioStream, sound: AudioFormat) -> None:
        self._stream = stream
        self._sound = sound
        self._kept = sound.bytes_in(_KEPT_SECONDS)
        self.forget()

    def forget(self) -> None:
        """Take note that nothing is queued any more."""
        self._since = self._stream.played
        self._given = self._size = 0
        """Bytes given since then, and how many of them are still known."""
        self._sounds: deque[bytes] = deque()

    def add(self, audio: bytes) -> None:
        """Take note of sound that the device is given now."""
        self._sounds.append(audio)
        self._size += len(audio)
        self._given += len(audio)
        if self._size > self._kept:
            self._forget_played()

    @property
    def end(self) -> float:
        """Second, as the device counts what it has played, at which all that it was given is over."""
        return self._since + self._sound.seconds_in(self._given)

    def take_back(self) -> deque[bytes]:
        """Return what was not played, in order; the device was told just now to forget it."""
        self._forget_played()
        unplayed = self._sounds
        self.forget()
        return unplayed

    def _forget_played(self) -> None:
        played = self._sound.bytes_in(self._stream.played - self._since)
        excess = self._size - (self._given - played)
        while self._sounds and excess >= len(self._sounds[0]):
            excess -= len(gone := self._sounds.popleft())
            self._size -= len(gone)
        if self._sounds and excess > 0:
            self._sounds[0] = self._sounds[0][excess:]
            self._size -= excess
