"""The sound of one conversation, which goes on when its bot gets another device."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from typing import Any

from voicebot.engine.failures import as_provider_error
from voicebot.engine.live.device_source import DeviceSource, Moved
from voicebot.errors import DeviceError, ProviderError
from voicebot.interfaces import AudioDevice, AudioStream
from voicebot.messages import DeviceEvent, DeviceLost, DeviceReopened

logger = logging.getLogger(__name__)
_MOVED = "the conversation goes on with another device"


class LiveStream(AudioStream):
    """A stream that moves from one device to another, and keeps the formats of the first.

    It stays where there is no live microphone. `LiveBot.open` returns such a stream.

    Args:
        tasks: in which devices are kept open.
        first: is open.
    """

    def __init__(self, tasks: asyncio.TaskGroup, first: DeviceSource) -> None:
        stream = first.stream
        self.microphone, self.speaker, self.live = stream.microphone, stream.speaker, stream.live
        self._moves = self.live and self.microphone is not None
        self._tasks = tasks
        self._sources = [first]
        self._current = self._reading = first
        self._is_closed = False
        first.use(self.microphone, self.speaker)
        self._played_before = 0.0
        """Seconds played by others than the current device, less what that had played before it was used."""

    @property
    def device(self) -> AudioDevice[Any]:
        """The device that is used."""
        return self._current.device

    async def prepare(self, device: AudioDevice[Any], limit: float) -> DeviceSource:
        """Open another device, unless it is open, and wait until its microphone gives sound.

        It is closed again if this stream was closed meanwhile.

        Args:
            limit: seconds that this may take.

        Raises:
            ProviderError: it does not open, or cannot take the place of the one before.
        """
        if (known := next((each for each in self._sources if each.device is device), None)) is not None:
            return known
        source = DeviceSource(device, self._tasks)
        try:
            async with asyncio.timeout(limit):
                await source.open()
                self._check(source.stream)
                await source.begin()
        except BaseException as error:
            source.close()
            if isinstance(error, TimeoutError):
                raise DeviceError(f"device: it gave no sound within {limit:g} s (`start_timeout`)") from error
            if isinstance(error, Exception):
                raise ProviderError(f"device: {as_provider_error('it broke', error)}") from error
            raise
        if self._is_closed:
            source.close()
            await source.wait_until_closed()
        else:
            self._sources.append(source)
        return source

    def move(self, source: DeviceSource) -> None:
        """Go on over a device that was prepared, or used before; nothing may be queued to be played.

        What the user has said to the device before comes first.
        """
        before, played = self._current, self.played
        if source is before:
            return
        before.leave(source)
        if source.lost:
            source.put(DeviceLost(source.lost))
        elif before.lost:
            source.put(DeviceReopened(_MOVED))
        source.use(self.microphone, self.speaker)
        self._current = source
        self._played_before = played - source.stream.played

    async def left(self, device: AudioDevice[Any]) -> None:
        """Close what is open of a device, unless it is used; return when that is done."""
        gone = [each for each in self._sources if each.device is device and each is not self._current]
        self._sources = [each for each in self._sources if each not in gone]
        for error in await _close(gone):
            logger.warning("the device did not close cleanly: %s", as_provider_error("it failed", error))

    async def aclose(self) -> None:
        """Close everything; raise what closing raises, such as for a file that cannot be written."""
        self._is_closed = True
        for error in await _close(self._sources):
            raise error

    async def __aiter__(self) -> AsyncGenerator[DeviceEvent, None]:
        if not self._moves:
            async for event in self._current.stream:
                yield event
            return
        while (item := await self._reading.take()) is not None:
            match item:
                case Moved(source):
                    rest = self._reading.rest()
                    self._reading = source
                    if rest:
                        yield rest
                case Exception():
                    raise item
                case b"":
                    pass
                case _:
                    yield item

    async def write(self, audio: bytes) -> None:
        """Queue sound for the speaker of the device."""
        await self._current.write(audio)

    def clear(self) -> None:
        """Discard what the device has queued."""
        self._current.clear()

    async def drain(self) -> None:
        """Wait until the device has played everything."""
        await self._current.drain()

    @property
    def played(self) -> float:
        """Seconds that all devices have played."""
        return self._played_before + self._current.stream.played

    @property
    def takes_back(self) -> bool:  # type: ignore[override]
        """Whether the device takes back sound to play it once more."""
        return self._current.stream.takes_back

    @property
    def underruns(self) -> int:  # type: ignore[override]
        """How often the speaker of the device ran out of sound."""
        return self._current.stream.underruns

    def _check(self, stream: AudioStream) -> None:
        """Raise `DeviceError` if the conversation cannot move to a stream."""
        if not self._moves or not stream.live or stream.microphone is None:
            raise DeviceError("a conversation can change only from one live microphone to another")
        if (stream.speaker is None) != (self.speaker is None):
            raise DeviceError("only one of the two devices has a speaker")


async def _close(sources: list[DeviceSource]) -> list[Exception]:
    """Close devices; return what that raises."""
    for each in sources:
        each.close()
    failures = [await each.wait_until_closed() for each in sources]
    return [failure for failure in failures if failure is not None]
