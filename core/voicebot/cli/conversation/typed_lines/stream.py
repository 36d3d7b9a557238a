"""An audio stream combined with typed lines, which can interrupt the bot with any device."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

from voicebot.cli.conversation.typed_lines.slash_commands import SlashCommands
from voicebot.engine.cancellation import cancellation_check, own_cancellation
from voicebot.interfaces import AudioStream
from voicebot.messages import DeviceEvent, TypedLine

_FRAMES_AHEAD = 4
_END = None


class TypedStream(AudioStream):
    """Yields the events of a device and typed lines; while muted, silence instead of sound.

    Args:
        device: the stream of the bot's device.
    """

    def __init__(self, device: AudioStream) -> None:
        self._device = device
        self.microphone, self.speaker, self.live = device.microphone, device.speaker, device.live
        self._commands: SlashCommands | None = None
        self._reading: asyncio.Task[None] | None = None
        self._items: asyncio.Queue[str | DeviceEvent | Exception | None] = asyncio.Queue()
        self._room = asyncio.Semaphore(_FRAMES_AHEAD)

    @property
    def muted(self) -> bool:
        """Whether the user has turned the microphone off."""
        return self._commands is not None and self._commands.muted

    def use(self, commands: SlashCommands) -> None:
        """Execute commands in typed lines from now on."""
        self._commands = commands

    def take(self, line: str) -> None:
        """Take a typed line; a command is executed at once."""
        if text := self._text_of(line):
            self._items.put_nowait(text)

    def end(self) -> None:
        """Handle the end of typed input: hang up if there is a microphone, else wait for the last answer."""
        if self.microphone is not None and self._commands is not None:
            self._commands.hang_up()
        else:
            self._items.put_nowait(_END)

    @asynccontextmanager
    async def merging(self) -> AsyncIterator[None]:
        """Merge typed lines into the stream while the block runs; iterate within it."""
        async with asyncio.TaskGroup() as tasks:
            self._reading = reading = tasks.create_task(self._read_device(), name="device")
            try:
                yield
            finally:
                reading.cancel()

    async def __aiter__(self) -> AsyncGenerator[DeviceEvent, None]:
        if self._reading is None:
            async for event in self._device:
                if (changed := self._processed(event)) is not None:
                    yield changed
                if self._commands is not None and self._commands.hung_up:
                    return
                if self._commands is not None and changed is None and not self.live:
                    await self._commands.settled()  # before the next line is answered
            return
        async with aclosing(self._all(self._reading)) as events:
            async for event in events:
                yield event

    async def _all(self, reading: asyncio.Task[None]) -> AsyncGenerator[DeviceEvent, None]:
        try:
            while (item := await self._items.get()) is not _END:
                if isinstance(item, Exception):
                    raise item
                if isinstance(item, str):
                    yield TypedLine(item)
                    continue
                self._room.release()
                if (changed := self._processed(item)) is not None:
                    yield changed
        finally:
            reading.cancel()

    def _processed(self, event: DeviceEvent) -> DeviceEvent | None:
        if isinstance(event, TypedLine):
            return TypedLine(text) if (text := self._text_of(event.text)) else None
        return bytes(len(event)) if isinstance(event, bytes) and self.muted else event

    def _text_of(self, line: str) -> str:
        return self._commands.take(line) if self._commands is not None else line.strip()

    async def _read_device(self) -> None:
        end: Exception | None = _END
        try:
            with own_cancellation("the device broke"):
                check = cancellation_check()
                async for event in self._device:
                    check()
                    await self._room.acquire()
                    self._items.put_nowait(event)
        except Exception as error:  # raised from the iteration, as if there were no queue
            end = error
        self._items.put_nowait(end)

    @property
    def underruns(self) -> int:  # type: ignore[override]
        """How often the device's speaker ran out of sound."""
        return self._device.underruns

    async def write(self, audio: bytes) -> None:
        """Queue sound for the device's speaker."""
        await self._device.write(audio)

    def clear(self) -> None:
        """Discard the sound that the device has queued."""
        self._device.clear()

    @property
    def played(self) -> float:
        """Seconds that the device has played."""
        return self._device.played

    async def drain(self) -> None:
        """Wait until the device has played everything."""
        await self._device.drain()
