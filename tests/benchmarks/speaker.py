"""The speaker that every pipeline plays to: it takes sound at once, or plays it in real time."""

from __future__ import annotations

import asyncio
import time

from scripted_work import FRAME_SECONDS, SPOKEN_FRAME_BYTES, SPOKEN_RATE, Marks

_ONE_SECOND = SPOKEN_RATE * 2


class Speaker:
    """Takes all sound at once and counts it as played."""

    def __init__(self, marks: Marks) -> None:
        self.marks = marks
        self.taken = 0

    def put(self, size: int) -> None:
        """Take sound."""
        self.taken += size
        self.marks.sound_arrived(size)
        self.marks.sound_played(size)

    @property
    def queued(self) -> int:
        """Bytes that are not played yet."""
        return 0

    def clear(self) -> None:
        """Fall silent."""

    async def room(self) -> None:
        """Wait while more than a second is queued."""

    async def drained(self) -> None:
        """Wait until all is played."""


class PacedSpeaker(Speaker):
    """Plays 20 ms with each tick."""

    def __init__(self, marks: Marks) -> None:
        super().__init__(marks)
        self._queued = 0
        self._most = 0
        self._waiter: asyncio.Future[None] | None = None

    @property
    def queued(self) -> int:
        return self._queued

    def put(self, size: int) -> None:
        self.taken += size
        self._queued += size
        self.marks.sound_arrived(size)

    def clear(self) -> None:
        self.taken -= self._queued
        self._queued = 0
        self._wake()

    async def room(self) -> None:
        await self._at_most(_ONE_SECOND)

    async def drained(self) -> None:
        await self._at_most(0)

    def tick(self) -> None:
        """Play the next 20 ms."""
        if self._queued:
            size = min(SPOKEN_FRAME_BYTES, self._queued)
            self._queued -= size
            self.marks.sound_played(size)
            self._wake()

    async def _at_most(self, size: int) -> None:
        while self._queued > size:
            self._most = size
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    def _wake(self) -> None:
        if self._waiter is not None and self._queued <= self._most:
            if not self._waiter.done():
                self._waiter.set_result(None)
            self._waiter = None


async def tick(speakers: list[PacedSpeaker]) -> None:
    """Drive the sound cards of all sessions, for ever."""
    due = time.perf_counter()
    while True:
        due += FRAME_SECONDS
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        for speaker in speakers:
            speaker.tick()
