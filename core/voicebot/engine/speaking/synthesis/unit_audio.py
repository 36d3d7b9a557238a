"""A unit of a reply between the synthesizer that makes its sound and the speaker that plays it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from voicebot.engine.speaking.units.reply_unit import SpokenUnit

_KEPT_CHUNKS = 256

Play: TypeAlias = Callable[[bytes], Awaitable[None]]


class UnitAudio:
    """Keeps a unit's sound while an earlier unit is spoken; once on the air, sound goes straight through.

    Passing it on in the synthesizer's own task spares a change of task for each chunk.

    Args:
        arrived: called when the first sound comes that is kept.
    """

    def __init__(self, unit: SpokenUnit, arrived: Callable[[], None] | None = None) -> None:
        self.unit = unit
        self._arrived = arrived
        self._kept: deque[bytes] = deque()
        self._play: Play | None = None
        self._room = asyncio.Event()
        self._over = asyncio.Event()
        self._error: Exception | None = None

    def sound(self, audio: bytes) -> Awaitable[None]:
        """Take the next sound in whole samples; wait while much is kept, or for the speaker."""
        return self._keep(audio) if self._play is None else self._play(audio)

    async def _keep(self, audio: bytes) -> None:
        while self._play is None and len(self._kept) >= _KEPT_CHUNKS:
            self._room.clear()
            await self._room.wait()
        if self._play is None:
            if self._arrived is not None:
                self._arrived()
                self._arrived = None
            self._kept.append(audio)
        else:
            await self._play(audio)

    def end(self, error: Exception | None = None) -> None:
        """Say that no more sound will come, because it is complete or because of an error."""
        self._error = error
        self._over.set()

    async def on_air(self, play: Play) -> Exception | None:
        """Play the unit to its end; return the error that broke it off, if one did."""
        while self._kept:
            await play(self._kept.popleft())
        self._play = play
        self._room.set()
        await self._over.wait()
        return self._error
