"""The audio of one unit on its way from the synthesizer to the speaker."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from voicebot.engine.latch import Latch
from voicebot.engine.speaking.units.reply_unit import ReplyUnit

_BUFFERED_CHUNKS = 256

AudioSink: TypeAlias = Callable[[bytes], Awaitable[None]]
"""Takes audio in whole samples; waits until there is room for it."""


class UnitAudio:
    """Buffers a unit's audio while earlier units are played; once its turn has come, passes it straight on.

    It is then passed on in the synthesizer's own task, which spares a change of task for each chunk.

    Args:
        first_audio: called when the first audio is buffered.
    """

    def __init__(self, unit: ReplyUnit, first_audio: Callable[[], None] | None = None) -> None:
        self.unit = unit
        self._first_audio = first_audio
        self._buffer: deque[bytes] = deque()
        self._sink: AudioSink | None = None
        self._room = Latch()
        self._finished = Latch()
        self._error: Exception | None = None

    def write(self, audio: bytes) -> Awaitable[None]:
        """Add audio in whole samples; wait while much is buffered, or for the speaker."""
        return self._add(audio) if self._sink is None else self._sink(audio)

    async def _add(self, audio: bytes) -> None:
        while self._sink is None and len(self._buffer) >= _BUFFERED_CHUNKS:
            self._room.clear()
            await self._room.wait()
        if self._sink is not None:
            await self._sink(audio)
            return
        if self._first_audio is not None:
            self._first_audio()
            self._first_audio = None
        self._buffer.append(audio)

    def finish(self, error: Exception | None = None) -> None:
        """Mark the end of the audio: it is complete, or broken off by an error."""
        self._error = error
        self._finished.set()

    async def play(self, sink: AudioSink) -> Exception | None:
        """Pass the audio on to its end; return the error that broke it off, if one did."""
        while self._buffer:
            await sink(self._buffer.popleft())
        self._sink = sink
        self._room.set()
        await self._finished.wait()
        return self._error
