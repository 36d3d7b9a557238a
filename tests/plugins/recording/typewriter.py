"""A user who types, for conversations that need neither recogniser nor voice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from voicebot import AudioDevice, AudioStream, DeviceEvent, Options, TypedLine


class Typist(AudioStream):
    """Types lines, each after so many seconds, and leaves five seconds after the last."""

    def __init__(self, lines: Sequence[str], every: float = 1.0) -> None:
        self._lines = lines
        self._every = every

    async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        for line in self._lines:
            await asyncio.sleep(self._every)
            yield TypedLine(line)
        await asyncio.sleep(5.0)


class Typewriter(AudioDevice[Options]):
    """A device for text only; its streams are made by hand."""

    text_only = True

    @asynccontextmanager
    async def open(self) -> AsyncIterator[AudioStream]:
        yield Typist(())
