"""A device that plays in virtual time, and records what could be heard, and when."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from voicebot import (
    AudioDevice,
    AudioFormat,
    AudioStream,
    DeviceError,
    DeviceEvent,
    DeviceLost,
    DeviceReopened,
    Options,
    TypedLine,
)

from ..timeline import Setting
from .coded_sound import SOUND
from .user_frames import silence, word_in

_QUEUED = 1.0
"""Seconds of sound that the device queues."""


class TimelineStream(AudioStream):
    """The user's end: a microphone that is always open, and a speaker with a queue."""

    microphone: AudioFormat | None = SOUND
    speaker: AudioFormat | None = SOUND

    def __init__(self, setting: Setting) -> None:
        self.live = setting.live
        self.heard: list[tuple[float, bytes]] = []
        """Sound that became audible, and the second from which on it was."""
        self.absences: list[tuple[float, float]] = []
        """When the device was lost, and when it was back; infinity if that was no longer reported."""
        self.delivered: dict[str, float] = {}
        """When the engine was given a word, spoken or typed."""
        self.hung_up = asyncio.Event()
        self.broken = False
        """Whether the device fails for good."""
        self._setting = setting
        self._time = asyncio.get_running_loop().time
        self._frames: deque[bytes] = deque()
        self._changed: deque[DeviceEvent] = deque()
        self._silence = silence(setting.frame)
        self._queue = bytearray()
        self._since, self._taken, self._played = 0.0, 0, 0
        self._back_at = 0.0
        """When a lost device will be available again."""
        self.is_lost = False
        """Whether the device is lost; it comes back while somebody listens."""

    def user_says(self, frames: list[bytes]) -> None:
        """Let the user be heard after what is already waiting."""
        self._frames.extend(frames)

    def user_types(self, event: DeviceEvent) -> None:
        """Let the device report something other than sound."""
        self._changed.append(event)

    def fails_for(self, seconds: float) -> None:
        """Lose the device for a while; what is queued is never played."""
        self._play()
        self._queue.clear()
        self._back_at = max(self._back_at, self._time() + seconds)
        if not self.is_lost:
            self.is_lost = True
            self.absences.append((self._time(), float("inf")))

    @property
    def is_audible(self) -> bool:
        """Whether something is being played."""
        self._play()
        return bool(self._queue)

    @property
    def is_idle(self) -> bool:
        """Whether the user has been heard to the end."""
        return not self._frames and not self._changed

    async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        due = self._time()
        is_reported = False
        while self._frames or self._changed or (self.live and not self.hung_up.is_set()):
            if self.is_lost and not is_reported:
                is_reported = True
                yield DeviceLost("the device is gone")
            if is_reported and self._time() >= self._back_at:
                is_reported = self.is_lost = False
                self.absences[-1] = (self.absences[-1][0], self._time())
                yield DeviceReopened("the device is back")
            if self.live:
                due += self._setting.frame
                await asyncio.sleep(due - self._time())
            else:
                await asyncio.sleep(0)
            if self.broken:
                raise DeviceError("the device is broken")
            frame = self._frames.popleft() if self._frames else self._silence
            if self.is_lost:  # what is said now is not heard
                continue
            while self._changed:
                line = self._changed.popleft()
                if isinstance(line, TypedLine):
                    self.delivered.update(dict.fromkeys(line.text.split(), self._time()))
                yield line
            if word := word_in(frame):
                self.delivered[word] = self._time()
            yield frame

    async def write(self, audio: bytes) -> None:
        """Queue sound, once there is room for more, or before; what comes while it is lost is not heard.

        A recording of the conversation takes it at once.
        """
        if not self.live:
            self.heard.append((self._time(), audio))
            self._played += len(audio)
            await asyncio.sleep(0)
            return
        if not self._setting.waits_first:
            self._enqueue(audio)
        while not self.is_lost:
            self._play()
            ahead = SOUND.seconds_in(len(self._queue)) - _QUEUED
            if ahead <= 0:
                break
            await asyncio.sleep(min(ahead, 0.05))
        else:
            await asyncio.sleep(0)
            return
        if self._setting.waits_first:
            self._enqueue(audio)

    def clear(self) -> None:
        """Forget what is queued."""
        self._play()
        self._queue.clear()

    @property
    def played(self) -> float:
        """Seconds played so far."""
        self._play()
        return SOUND.seconds_in(self._played)

    async def drain(self) -> None:
        """Wait until all is played."""
        while self.is_audible:  # noqa: ASYNC110 - it may be cleared at any moment
            await asyncio.sleep(min(0.05, SOUND.seconds_in(len(self._queue))))

    def _enqueue(self, audio: bytes) -> None:
        if self.is_lost:
            return
        self._play()
        if not self._queue:
            self._since, self._taken = self._time(), 0
        self._queue += audio

    def _play(self) -> None:
        """Remove from the queue what has been played by now."""
        if not self._queue:
            return
        due = SOUND.bytes_in(self._time() - self._since) - self._taken
        if sound := bytes(self._queue[:due]):
            self.heard.append((self._since + self._taken / SOUND.bytes_per_second, sound))
            del self._queue[: len(sound)]
            self._taken += len(sound)
            self._played += len(sound)


class TimelineDevice(AudioDevice[Options]):
    """The bot's device; the test gives a stream to each conversation."""

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[AudioStream, None]:
        """Open a stream that is not used."""
        yield TimelineStream(Setting())
