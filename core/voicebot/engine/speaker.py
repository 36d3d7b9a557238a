"""The mouth of a conversation: what it plays can be lowered, held and resumed where it stopped."""

from __future__ import annotations

import asyncio
from collections import deque

from voicebot.engine.played import Played
from voicebot.interfaces import AudioStream

_DUCKED = 0.2  # 14 dB less
_SLICE_SECONDS = 0.04
_KEPT_SECONDS = 3.0


class Speaker:
    """Writes to the device and remembers what it has not played yet.

    Args:
        tasks: the conversation's.
        played: is told all that is written.
    """

    def __init__(self, stream: AudioStream, tasks: asyncio.TaskGroup, played: Played | None = None) -> None:
        self._stream = stream
        self._tasks = tasks
        self._played = played
        self._gain = 1.0
        self._slice = stream.speaker.bytes_in(_SLICE_SECONDS) if stream.speaker else 1
        self._most = stream.speaker.bytes_in(_KEPT_SECONDS) if stream.speaker else 0
        self._recent: deque[bytes] = deque()
        self._recent_size = 0
        self._end = 0.0
        """Second, as the device counts what it plays, at which the recent sound ends."""
        self._held: deque[bytes] = deque()
        self._held_back = False
        self._rewriting: asyncio.Task[None] | None = None
        self._open = asyncio.Event()
        self._open.set()

    async def write(self, audio: bytes) -> None:
        """Play; wait while much is queued, and while the sound is held."""
        while not self._open.is_set():
            await self._open.wait()
        await self._write(audio)

    def duck(self) -> None:
        """Lower the voice at once, the queued sound included."""
        self._replay(_DUCKED)

    def hold(self) -> None:
        """Fall silent at once and keep what was not played."""
        self._hold_back()
        self._held_back = True

    def resume(self) -> None:
        """Go on in full voice, where it was held if it was."""
        self._held_back = False
        self._replay(1.0)

    def clear(self) -> None:
        """Fall silent at once and forget what was not played."""
        self._stop_rewriting()
        self._held.clear()
        self._held_back = False
        self._gain = 1.0
        self._recent.clear()
        self._recent_size = 0
        self._clear_stream()
        self._open.set()

    async def drain(self) -> None:
        """Wait until all that was written has been played."""
        while True:
            await self._open.wait()
            await self._stream.drain()
            if self._open.is_set():
                return

    @property
    def played(self) -> float:
        """Seconds of sound played since the stream was opened."""
        return self._stream.played

    async def _write(self, audio: bytes) -> None:
        sound = self._stream.speaker
        if sound is None:
            return
        self._end = max(self._end, self._stream.played) + sound.seconds_in(len(audio))
        self._recent.append(audio)
        self._recent_size += len(audio)
        if self._recent_size > self._most:
            self._recent = self._unplayed()
            self._recent_size = sum(map(len, self._recent))
        if self._gain != 1.0:
            audio = _lowered(audio, self._gain)
        if self._played is not None:
            self._played.wrote(audio)
        await self._stream.write(audio)
        if self._held_back:  # it was held while this waited for room
            self._clear_stream()

    def _clear_stream(self) -> None:
        self._stream.clear()
        if self._played is not None:
            self._played.cleared()

    def _unplayed(self) -> deque[bytes]:
        """Return the recent sound without what was played of it."""
        sound = self._stream.speaker
        assert sound is not None
        left = sound.bytes_in(max(0.0, self._end - self._stream.played))
        unplayed: deque[bytes] = deque()
        for audio in reversed(self._recent):
            if left <= 0:
                break
            unplayed.appendleft(audio[-left:])
            left -= len(audio)
        return unplayed

    def _hold_back(self) -> None:
        """Take back from the device what it has not played."""
        if self._stream.speaker is None:
            return
        self._stop_rewriting()
        self._open.clear()
        self._held.extendleft(reversed(self._unplayed()))
        self._recent.clear()
        self._recent_size = 0
        self._clear_stream()
        self._end = self._stream.played

    def _replay(self, gain: float) -> None:
        if self._stream.speaker is None:
            return
        self._hold_back()
        self._gain = gain
        self._rewriting = self._tasks.create_task(self._rewrite(), name="speaker: replay")

    async def _rewrite(self) -> None:
        while self._held:
            audio = self._held.popleft()
            if len(audio) > self._slice:
                self._held.appendleft(audio[self._slice :])
                audio = audio[: self._slice]
            await self._write(audio)
        self._rewriting = None
        self._open.set()

    def _stop_rewriting(self) -> None:
        if self._rewriting is not None:
            self._rewriting.cancel()
            self._rewriting = None


def _lowered(audio: bytes, gain: float) -> bytes:
    import numpy

    return (numpy.frombuffer(audio, dtype="<i2") * gain).astype("<i2").tobytes()
