"""One session of the recogniser: one segment of speech after another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

from voicebot import Recognition, RecognitionEvent
from voicebot_wyoming.recognition.segment import Segment


class WyomingRecognition(Recognition):
    """Begins a segment with the first sound after a commit, and reports the segments in their order.

    The next one may already be spoken while the words of the one before are awaited.
    """

    def __init__(self, begin: Callable[[], Segment]) -> None:
        self._begin = begin
        self._current: Segment | None = None
        self._unreported: asyncio.Queue[Segment | None] = asyncio.Queue()
        self._open: list[Segment] = []
        self._finished = False

    async def write(self, audio: bytes) -> None:
        """Pass sound on; wait while the server does not take it."""
        if audio:
            await self._segment().write(audio)

    async def commit(self) -> None:
        """Ask for one final of what was written since the last one."""
        segment, self._current = self._segment(), None
        await segment.commit()

    async def finish(self) -> None:
        """Ask for a final of the rest, after which the iteration ends."""
        if self._finished:
            return
        self._finished = True
        segment, self._current = self._current, None
        if segment is not None:
            await segment.commit()
        self._unreported.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        """Yield partials as the server sends them, and finals.

        Raises:
            ProviderError: the server failed, or the connection to it.
        """
        while (segment := await self._unreported.get()) is not None:
            async with aclosing(segment.events()) as events:
                async for event in events:
                    yield event
            self._open.remove(segment)

    async def close(self) -> None:
        """Close all connections at once."""
        for segment in self._open:
            await segment.close()

    def _segment(self) -> Segment:
        """Return the segment that is being spoken; begin one if there is none, or the server has ended it."""
        if self._current is None or self._current.is_over:
            self._current = self._begin()
            self._open.append(self._current)
            self._unreported.put_nowait(self._current)
        return self._current
