"""A pipeline without a framework, written by hand for this work alone: what an engine without cost would do.

It reopens nothing, keeps no history, has no time limits, and could do no other work than this.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from scripted_work import Hearing, Marks, Work, speak, write_reply
from speaker import Speaker

_SHORT_WORDS = 6


class HandwrittenSession:
    """One dialogue.

    Args:
        eager: begin with a unit of six words, and make the sound of the next while one arrives.
    """

    def __init__(self, work: Work, marks: Marks, speaker: Speaker, *, eager: bool) -> None:
        self.marks = marks
        self._work = work
        self._speaker = speaker
        self._eager = eager
        self._hearing = Hearing(marks)
        self._reply: asyncio.Task[None] | None = None

    def push(self, frame: bytes) -> None:
        """Hear a frame."""
        change = self._hearing.hear(frame)
        if change == "started":
            if self._reply is not None:
                self._reply.cancel()
            self._speaker.clear()
        elif change == "final":
            self.marks.user_finished()
            self._reply = asyncio.create_task(self._answer())

    async def stop(self) -> None:
        """End."""
        if self._reply is not None:
            self._reply.cancel()

    async def _answer(self) -> None:
        units: asyncio.Queue[str | None] = asyncio.Queue()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._think(units))
            if self._eager:
                await self._say_ahead(units, tasks)
            else:
                while (unit := await units.get()) is not None:
                    async for sound in speak(unit, self._work, self.marks):
                        self._speaker.put(len(sound))

    async def _think(self, units: asyncio.Queue[str | None]) -> None:
        unit, short = "", self._eager
        async with aclosing(write_reply(self._work, self.marks)) as tokens:
            async for token in tokens:
                if short and unit.count(" ") == _SHORT_WORDS - 1 and token.startswith(" "):
                    units.put_nowait(unit)
                    unit, short = "", False
                unit += token
                if token == ".":
                    units.put_nowait(unit.strip())
                    unit, short = "", False
        units.put_nowait(None)

    async def _say_ahead(self, units: asyncio.Queue[str | None], tasks: asyncio.TaskGroup) -> None:
        order: asyncio.Queue[asyncio.Queue[bytes | None] | None] = asyncio.Queue()
        tasks.create_task(self._launch(units, order, tasks))
        while (sounds := await order.get()) is not None:
            while (sound := await sounds.get()) is not None:
                self._speaker.put(len(sound))

    async def _launch(
        self,
        units: asyncio.Queue[str | None],
        order: asyncio.Queue[asyncio.Queue[bytes | None] | None],
        tasks: asyncio.TaskGroup,
    ) -> None:
        at_work = asyncio.Semaphore(2)
        while (unit := await units.get()) is not None:
            await at_work.acquire()
            sounds: asyncio.Queue[bytes | None] = asyncio.Queue()
            tasks.create_task(self._make_sound(unit, sounds, at_work))
            order.put_nowait(sounds)
        order.put_nowait(None)

    async def _make_sound(
        self, unit: str, sounds: asyncio.Queue[bytes | None], at_work: asyncio.Semaphore
    ) -> None:
        async with aclosing(speak(unit, self._work, self.marks)) as chunks:
            async for chunk in chunks:
                sounds.put_nowait(chunk)
        sounds.put_nowait(None)
        at_work.release()
