"""The sound queued for a speaker, between the event loop that writes and the audio thread that plays."""

from __future__ import annotations

import threading
from collections import deque


class PlaybackQueue:
    """A queue of s16le in bytes; `take` is for the audio thread, everything else for the loop.

    Sound that was taken passes through the device's own buffer of `delay` bytes, and is audible once that
    much more has been taken.
    """

    def __init__(self, delay: int) -> None:
        self.underruns = 0
        self.played = 0
        self._delay = delay
        self._lock = threading.Lock()
        self._queue = bytearray()
        self._in_device: deque[tuple[int, int]] = deque()
        self._in_device_size = 0
        self._speaking = False
        self._dry = False

    @property
    def size(self) -> int:
        """Bytes waiting to be taken."""
        return len(self._queue)

    @property
    def idle(self) -> bool:
        """Whether everything has been played or cleared."""
        with self._lock:
            return not self._queue and not any(sound for sound, _ in self._in_device)

    def put(self, audio: bytes) -> None:
        """Queue sound; if the speaker ran dry in the middle of speech before, count an underrun."""
        if audio:
            with self._lock:
                self.underruns += self._dry
                self._dry = False
                self._speaking = True
                self._queue += audio

    def end(self) -> None:
        """Mark the speech as complete, so that running dry is not an underrun."""
        with self._lock:
            self._speaking = self._dry = False

    def clear(self) -> None:
        """Drop what waits; what the device already has will be heard, and counts as played."""
        with self._lock:
            self._queue.clear()
            self.played += sum(sound for sound, _ in self._in_device)
            self._in_device = deque((0, gone) for _, gone in self._in_device)
            self._speaking = self._dry = False

    def take(self, size: int) -> bytes:
        """Return exactly `size` bytes, padded with silence."""
        with self._lock:
            sound = bytes(self._queue[:size])
            del self._queue[:size]
            if self._speaking and len(sound) < size:
                self._dry = True
            self._in_device.append((len(sound), size))
            self._in_device_size += size
            while self._in_device and self._in_device_size - self._in_device[0][1] >= self._delay:
                heard, gone = self._in_device.popleft()
                self._in_device_size -= gone
                self.played += heard
        return sound.ljust(size, b"\0")
