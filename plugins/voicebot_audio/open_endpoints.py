"""An open microphone and an open speaker, served by miniaudio's audio threads."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable, Generator
from typing import Any

from voicebot import AudioFormat, DeviceError
from voicebot_audio.endpoints import ALTERNATIVES, ChosenEndpoint, SoundSystem, backends
from voicebot_audio.playback_queue import PlaybackQueue

# The size of miniaudio's buffer, in periods.
_PERIODS = 3
_HELD = 2.0  # seconds
# Checks without a callback after which an endpoint counts as lost: once it works, and while it starts.
_LOST_AFTER, _NEVER_STARTED_AFTER = 4, 10


class OpenEndpoint:
    """An open endpoint. It counts callbacks: a device that disappears just stops calling."""

    def __init__(self, chosen: ChosenEndpoint, noun: str) -> None:
        self.name = chosen.name
        self.format = AudioFormat(chosen.rate)
        self._noun = noun
        self._calls = 0
        self._calls_seen = 0
        self._checks = 0
        self._device: Any = None

    @property
    def description(self) -> str:
        """The endpoint in a message."""
        return f"the {self._noun} {self.name!r}"

    def is_lost(self) -> bool:
        """Return whether the device has disappeared; to be called every half second."""
        self._checks = self._checks + 1 if self._calls == self._calls_seen else 0
        self._calls_seen = self._calls
        return self._checks >= (_LOST_AFTER if self._calls else _NEVER_STARTED_AFTER)

    def close(self) -> None:
        """Release the device; may block."""
        import miniaudio

        device, self._device = self._device, None
        if device is not None:
            device.close()
            # miniaudio leaks its context, and with it a connection to the sound server.
            miniaudio.lib.ma_context_uninit(device._context)

    def _start(
        self, make: Callable[..., Any], chosen: ChosenEndpoint, buffer: float, serve: Generator[Any, Any]
    ) -> None:
        import miniaudio

        try:
            self._device = make(
                miniaudio.SampleFormat.SIGNED16,
                1,
                chosen.rate,
                buffersize_msec=max(1, round(buffer * 1000)),
                device_id=chosen.device_id,
                callback_periods=_PERIODS,
                backends=backends(),
                app_name="voicebot",
            )
            next(serve)
            self._device.start(serve)
        except miniaudio.MiniaudioError as error:
            self.close()
            raise DeviceError(f"no {self._noun}: {self.name} cannot be opened; {ALTERNATIVES}") from error


class OpenSpeaker(OpenEndpoint):
    """An open speaker, which plays its queue."""

    def __init__(self, wanted: str | int | None, buffer: float) -> None:
        import miniaudio

        with SoundSystem() as cards:
            chosen = cards.choose("output", wanted)
        super().__init__(chosen, "speaker")
        self.queue = PlaybackQueue(self.format.bytes_in(buffer) * _PERIODS)
        self._start(miniaudio.PlaybackDevice, chosen, buffer, self._serve())

    def _serve(self) -> Generator[bytes, int]:
        frames = yield b""
        while True:
            self._calls += 1
            frames = yield self.queue.take(frames * 2)


class OpenMicrophone(OpenEndpoint):
    """An open microphone, which keeps its last two seconds of sound until they are fetched."""

    def __init__(self, wanted: str | int | None, buffer: float, notify: Callable[[], None]) -> None:
        import miniaudio

        with SoundSystem() as cards:
            chosen = cards.choose("input", wanted)
        super().__init__(chosen, "microphone")
        self.dropped = 0
        self._notify = notify
        self._chunks: deque[bytes] = deque(maxlen=math.ceil(_HELD / buffer))
        self._start(miniaudio.CaptureDevice, chosen, buffer, self._serve())

    def fetch(self) -> bytes:
        """Return the sound since the last call."""
        heard = []
        while self._chunks:
            heard.append(self._chunks.popleft())
        return b"".join(heard)

    def _serve(self) -> Generator[None, bytearray]:
        while True:
            chunk = yield
            self._calls += 1
            if len(self._chunks) == self._chunks.maxlen:
                self.dropped += 1
            self._chunks.append(bytes(chunk))
            self._notify()


def notifier(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> Callable[[], None]:
    """Return a function that sets `event` from the audio thread, if the loop is still running."""

    def notify() -> None:
        try:
            loop.call_soon_threadsafe(event.set)
        except RuntimeError:
            return

    return notify
