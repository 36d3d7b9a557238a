"""A user who types, for conversations that need neither recogniser nor voice."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from voicebot import AudioDevice, AudioStream, DeviceEvent, Options, TypedLine
from voicebot.testing.scripted import wait


class Typist(AudioStream):
    """Types lines.

    Args:
        every: seconds before each line.
        leaves_after: seconds after the last; infinite to stay.
    """

    def __init__(self, *lines: str, every: float = 1.0, leaves_after: float = 5.0) -> None:
        self._lines, self._every, self._leaves_after = lines, every, leaves_after

    async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        for line in self._lines:
            await wait(self._every)
            yield TypedLine(line)
        await wait(self._leaves_after)


class Typewriter(AudioDevice[Options]):
    """A device for text only, at which somebody types; nobody unless it is said who does."""

    text_only = True

    def __init__(self, typist: Typist | None = None) -> None:
        super().__init__(Options())
        self._typist = typist or Typist()

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[AudioStream, None]:
        yield self._typist
