"""The device of the user: a microphone exact to the sample, and a loudspeaker that plays in virtual time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from voicebot import AudioDevice, AudioFormat, AudioStream, DeviceEvent, Options, TypedLine
from voicebot_scenarios.user.speech import MICROPHONE

_SPEAKER = AudioFormat(24_000)
_FRAME = 0.02
"""Seconds of sound that the microphone delivers at a time."""
_AHEAD = 1.0
"""Seconds of sound that may be queued for the loudspeaker."""


class UserStream(AudioStream):
    """The sound of one conversation; the user speaks with `play`."""

    microphone: AudioFormat | None = MICROPHONE
    speaker: AudioFormat | None = _SPEAKER

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._opened = self._loop.time()
        self._frame = 0
        self._sounds: deque[tuple[int, bytes]] = deque()
        self._lines: deque[TypedLine] = deque()
        self._hung_up = False
        self._written = self._played_until = self._cleared = 0.0

    def play(self, audio: bytes) -> None:
        """Let the user be heard from now on."""
        begins = MICROPHONE.bytes_in(self._loop.time() - self._opened)
        self._sounds.append((begins, audio))

    def type(self, line: str) -> None:
        """Let the user type a line."""
        self._lines.append(TypedLine(line))

    def hang_up(self) -> None:
        """End the sound."""
        self._hung_up = True

    async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        while not self._hung_up:
            self._frame += 1
            await asyncio.sleep(self._opened + self._frame * _FRAME - self._loop.time())
            while self._lines:
                yield self._lines.popleft()
            yield self._heard()

    def _heard(self) -> bytes:
        """Return the frame that ends now."""
        size = MICROPHONE.bytes_in(_FRAME)
        begins, frame = (self._frame - 1) * size, bytearray(size)
        for first, audio in self._sounds:
            offset = first - begins
            piece = audio[max(0, -offset) : max(0, size - offset)]
            frame[max(0, offset) : max(0, offset) + len(piece)] = piece
        while self._sounds and self._sounds[0][0] + len(self._sounds[0][1]) <= begins + size:
            self._sounds.popleft()
        return bytes(frame)

    async def write(self, audio: bytes) -> None:
        """Play; wait while more than a second is queued."""
        now = self._loop.time()
        seconds = _SPEAKER.seconds_in(len(audio))
        self._played_until = max(self._played_until, now) + seconds
        self._written += seconds
        await asyncio.sleep(max(0.0, self._played_until - now - _AHEAD))

    def clear(self) -> None:
        """Drop what has not been played yet."""
        now = self._loop.time()
        self._cleared += max(0.0, self._played_until - now)
        self._played_until = min(self._played_until, now)

    @property
    def played(self) -> float:
        """Seconds played so far."""
        queued = max(0.0, self._played_until - self._loop.time())
        return self._written - self._cleared - queued

    async def drain(self) -> None:
        """Wait until everything has been played."""
        await asyncio.sleep(max(0.0, self._played_until - self._loop.time()))


class UserDevice(AudioDevice[Options]):
    """Stands for the device of a bot whose conversations get a `UserStream` each."""

    def __init__(self) -> None:
        super().__init__(Options())

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[AudioStream, None]:
        """Open a stream on which nobody speaks."""
        yield UserStream()
