"""A device that is kept open and read by a task of its own, for a conversation that may leave it."""

from __future__ import annotations

import asyncio
from typing import Any, TypeAlias

from voicebot.audio import AudioFormat, Resampler
from voicebot.dataclass import dataclass
from voicebot.engine.cancellation import cancellation_check, own_cancellation
from voicebot.engine.failures import as_provider_error
from voicebot.engine.latch import Latch
from voicebot.errors import DeviceError, ProviderError
from voicebot.interfaces import AudioDevice, AudioStream
from voicebot.messages import DeviceEvent, DeviceLost, DeviceReopened

_AHEAD = 4
"""Events, such as frames of sound, that may wait to be taken."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The conversation goes on over another device."""

    to: DeviceSource


Item: TypeAlias = DeviceEvent | Moved | Exception | None
"""What comes from a device, an error with which it ended, or None at its end."""


class DeviceSource:
    """A stream of a device. What it gives is kept while it is used, and dropped otherwise.

    Args:
        device: is started.
        tasks: in which it is kept open.
    """

    def __init__(self, device: AudioDevice[Any], tasks: asyncio.TaskGroup) -> None:
        self.device = device
        self.stream: AudioStream
        """What is open, once `open` has returned."""
        self.lost = ""
        """What was lost of the device, until it is back."""
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._failure: Exception | None = None
        self._is_read, self._has_begun, self._taken = Latch(), Latch(), Latch()
        self._closing = Latch()
        self._items: asyncio.Queue[Item] = asyncio.Queue()
        self._ended: list[Exception | None] = []
        self._is_used = False
        self._from_microphone: Resampler | None = None
        self._to_speaker: Resampler | None = None
        self._task = tasks.create_task(self._keep(), name="device")

    async def open(self) -> None:
        """Wait until it is open; raise what opening it raises."""
        await asyncio.shield(self._opened)

    async def begin(self) -> None:
        """Wait until the microphone gives sound, unless there is none.

        Raises:
            ProviderError: it gives none.
        """
        if self.stream.microphone is None:
            return
        self._is_read.set()
        await self._has_begun.wait()
        for error in self._ended:
            raise as_provider_error("it broke", error) if error else ProviderError("it gives no sound")
        if self.lost:
            raise DeviceError(self.lost)

    def use(self, microphone: AudioFormat | None, speaker: AudioFormat | None) -> None:
        """Keep what it gives from now on.

        Args:
            microphone: the format in which sound is taken.
            speaker: the format in which sound is written.
        """
        own = self.stream
        if own.microphone is not None and microphone is not None:
            self._from_microphone = Resampler(own.microphone, microphone)
        if own.speaker is not None and speaker is not None:
            self._to_speaker = Resampler(speaker, own.speaker)
        self._is_used = True
        for end in self._ended:
            self._items.put_nowait(end)

    def leave(self, to: DeviceSource) -> None:
        """Drop what it gives from now on; `take` returns what came before, and then `Moved`."""
        self._is_used = False
        self._items.put_nowait(Moved(to))

    def put(self, event: DeviceEvent) -> None:
        """Let `take` return an event that the device did not give."""
        self._items.put_nowait(event)

    async def take(self) -> Item:
        """Wait for what comes next, and return it; sound may be empty, as it is converted in blocks."""
        self._is_read.set()
        item = await self._items.get()
        self._taken.set()
        if isinstance(item, bytes) and self._from_microphone is not None:
            return self._from_microphone.write(item)
        return item

    def rest(self) -> bytes:
        """Return the last sound, which was still being converted."""
        return self._from_microphone.flush() if self._from_microphone is not None else b""

    async def write(self, audio: bytes) -> None:
        """Play sound."""
        converted = self._to_speaker.write(audio) if self._to_speaker is not None else audio
        if converted:
            await self.stream.write(converted)

    def clear(self) -> None:
        """Discard what is queued."""
        if self._to_speaker is not None:
            self._to_speaker.flush()
        self.stream.clear()

    async def drain(self) -> None:
        """Wait until everything was played."""
        if self._to_speaker is not None and (rest := self._to_speaker.flush()):
            await self.stream.write(rest)
        await self.stream.drain()

    def close(self) -> None:
        """Begin to close it."""
        self._closing.set()
        if not self._opened.done():
            self._task.cancel()

    async def wait_until_closed(self) -> Exception | None:
        """Wait until it is closed; return what closing it raised, such as for a file that is not written."""
        await asyncio.wait([self._task])
        return self._failure

    async def _keep(self) -> None:
        """Keep the device open until it is to be closed."""
        try:
            async with self.device.open() as self.stream:
                self._opened.set_result(None)
                async with asyncio.TaskGroup() as tasks:
                    reading = tasks.create_task(self._read(), name="device: read")
                    await self._closing.wait()
                    reading.cancel()
        except Exception as error:
            if self._opened.done():
                self._failure = error
                return
            self._opened.set_exception(error)
            self._opened.exception()  # perhaps nobody waits for it any more

    async def _read(self) -> None:
        await self._is_read.wait()
        end: Exception | None = None
        try:
            with own_cancellation("the device broke"):
                check = cancellation_check()
                async for event in self.stream:
                    check()
                    self._received(event)
                    while self._items.qsize() >= _AHEAD:
                        self._taken.clear()
                        await self._taken.wait()
        except Exception as error:  # `take` returns it
            end = error
        self._ended.append(end)
        if self._is_used:
            self._items.put_nowait(end)
        self._has_begun.set()

    def _received(self, event: DeviceEvent) -> None:
        if isinstance(event, DeviceLost):
            self.lost = event.message
        elif isinstance(event, DeviceReopened):
            self.lost = ""
        if self._is_used:
            self._items.put_nowait(event)
        self._has_begun.set()
