"""What is queued for a speaker, between the event loop that speaks and the audio thread that plays."""

from __future__ import annotations

import threading
from collections import deque


class PlaybackQueue:
    """Bytes of s16le on their way out; `take` is for the audio thread, the rest for the loop.

    What was taken is on its way through the device's own buffer of `delay` bytes, and is heard when
    that much more has been taken.
    """

    def __init__(self, delay: int) -> None:
        self.underruns = 0
        self.played = 0
        self._delay = delay
        self._lock = threading.Lock()
        self._queue = bytearray()
        self._under_way: deque[tuple[int, int]] = deque()
        self._under_way_size = 0
        self._speaking = False
        self._dry = False

    @property
    def size(self) -> int:
        """Bytes that wait to be taken."""
        return len(self._queue)

    @property
    def idle(self) -> bool:
        """Whether all that was put has been played or cleared."""
        with self._lock:
            return not self._queue and not any(sound for sound, _ in self._under_way)

    def put(self, audio: bytes) -> None:
        """Queue more; if the speaker ran dry since the last and the speech had not ended, it stuttered."""
        if audio:
            with self._lock:
                self.underruns += self._dry
                self._dry = False
                self._speaking = True
                self._queue += audio

    def end(self) -> None:
        """Say that the speech is complete, so that running dry is as it should be."""
        with self._lock:
            self._speaking = self._dry = False

    def clear(self) -> None:
        """Forget what waits; what is on its way will be heard, and counts as played."""
        with self._lock:
            self._queue.clear()
            self.played += sum(sound for sound, _ in self._under_way)
            self._under_way = deque((0, gone) for _, gone in self._under_way)
            self._speaking = self._dry = False

    def take(self, size: int) -> bytes:
        """Return exactly `size` bytes, filled up with silence."""
        with self._lock:
            sound = bytes(self._queue[:size])
            del self._queue[:size]
            if self._speaking and len(sound) < size:
                self._dry = True
            self._under_way.append((len(sound), size))
            self._under_way_size += size
            while self._under_way and self._under_way_size - self._under_way[0][1] >= self._delay:
                heard, gone = self._under_way.popleft()
                self._under_way_size -= gone
                self.played += heard
        return sound.ljust(size, b"\0")
