"""A small pool of lines to the service, connected before they are needed.

A line is used for one utterance at a time and again for the next. One that was interrupted, or that
failed, is hung up in the background, and another is connected in its place at once: the SDK needs 20 ms to
stop, and a server that hangs must not keep anybody waiting.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from voicebot import ProviderError
from voicebot_azure.synthesis.connection import Line
from voicebot_azure.threads import in_thread

logger = logging.getLogger(__name__)

_SHORT_LIFE = 5.0  # seconds; a connection that is lost sooner is not replaced before it is needed
_KEPT_IDLE = 60.0  # seconds that lines beyond the pool's size are kept
_HANGING_UP = 5.0  # seconds that closing waits for the SDK


class Pool:
    """Lines that are idle, in use, or on the way out; all of it belongs to the loop.

    Args:
        make: makes a line, connecting it if the argument says so, that calls `lost` when it is lost; blocks.
        size: how many lines are kept.
        patience: seconds that a line may take to connect before it is used regardless.
    """

    def __init__(
        self, make: Callable[[bool, Callable[[Line], None]], Line], size: int, patience: float
    ) -> None:
        self._make = make
        self._size = size
        self._patience = patience
        self._idle: list[tuple[Line, float]] = []
        """The one that was used last comes last, with the time since when it is idle."""
        self._busy: set[Line] = set()
        self._made: dict[Line, float] = {}
        """When each line was made that was not hung up."""
        self._coming: set[asyncio.Future[Line]] = set()
        self._leaving: set[asyncio.Future[None]] = set()
        self.closed = False
        """Whether it gives no more lines."""

    async def fill(self) -> None:
        """Make all lines, and begin to connect them; raise what one of them raises."""
        self._refill()
        for coming in list(self._coming):
            await asyncio.shield(coming)

    async def wait_connected(self) -> bool:
        """Return whether the line that `take` would give is connected, or gets connected in time."""
        line = next((line for line, _ in reversed(self._idle) if line.alive), None)
        return line is not None and await self._is_connected(line)

    async def take(self, *, afresh: bool = False) -> Line:
        """Take a line; give it back, or discard it.

        Args:
            afresh: whether it must be a new one.

        Raises:
            ProviderError: the pool is closed, or a line cannot be made.
        """
        if self.closed:
            raise ProviderError("the voice was closed while it spoke")
        if afresh or (line := self._pick()) is None:
            return await self._make_one()
        self._busy.add(line)
        try:
            # Used before that, the SDK begins to connect once more.
            await self._is_connected(line)
        except BaseException:
            self.discard(line)
            raise
        return line

    def give_back(self, line: Line) -> None:
        """Put a line that is done with its utterance back."""
        self._busy.discard(line)
        if self.closed or not line.alive:
            self._hang_up(line)
        elif line in self._made:
            self._idle.append((line, asyncio.get_running_loop().time()))
        self._prune()
        self._refill()

    def discard(self, line: Line) -> None:
        """Get rid of a line, whatever it is doing, and connect another in its place."""
        self._busy.discard(line)
        self._hang_up(line)
        self._refill()

    async def aclose(self) -> None:
        """Hang all lines up and wait until that is done."""
        self.closed = True
        if self._coming:  # what comes later still is hung up at once
            await asyncio.wait(self._coming, timeout=_HANGING_UP)
        for line in list(self._made):
            self._hang_up(line)
        self._idle.clear()
        self._busy.clear()
        if self._leaving:
            _, late = await asyncio.wait(self._leaving, timeout=_HANGING_UP)
            if late:
                logger.warning("%d connections to Azure are slow to close", len(late))

    async def _is_connected(self, line: Line) -> bool:
        """Wait for a line to connect as long as it may take; the SDK does not tell when it gave up."""
        age = asyncio.get_running_loop().time() - self._made[line]
        if not line.connected.is_set() and age < self._patience:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._patience - age):
                    await line.connected.wait()
        return line.connected.is_set()

    def _pick(self) -> Line | None:
        """Remove and return the idle line that was used last, rather one that is connected already."""
        alive = [entry for entry in self._idle if entry[0].alive]
        if not alive:
            return None
        chosen = next((entry for entry in reversed(alive) if entry[0].connected.is_set()), alive[-1])
        self._idle.remove(chosen)
        return chosen[0]

    async def _make_one(self) -> Line:
        """Make a line for somebody who waits; it connects when it is used."""
        coming = in_thread(lambda: self._make(False, self._lost), "azure-tts: line")
        self._coming.add(coming)
        try:
            line = await asyncio.shield(coming)
        except asyncio.CancelledError:
            coming.add_done_callback(self._keep)
            raise
        finally:
            self._coming.discard(coming)
        self._made[line] = asyncio.get_running_loop().time()
        self._busy.add(line)
        return line

    def _refill(self) -> None:
        """Make the lines that are missing, in the background."""
        there = len(self._idle) + len(self._busy) + len(self._coming)
        for _ in range(0 if self.closed else self._size - there):
            coming = in_thread(lambda: self._make(True, self._lost), "azure-tts: connect")
            self._coming.add(coming)
            coming.add_done_callback(self._keep)

    def _keep(self, coming: asyncio.Future[Line]) -> None:
        """Put a new line that nobody waits for with the idle ones."""
        self._coming.discard(coming)
        if coming.cancelled():
            return
        if (error := coming.exception()) is not None:  # whoever needs a line is told
            logger.info("no connection to Azure was prepared: %s", type(error).__name__)
            return
        line, now = coming.result(), asyncio.get_running_loop().time()
        self._made[line] = now
        if self.closed:
            self._hang_up(line)
        else:
            self._idle.append((line, now))

    def _lost(self, line: Line) -> None:
        """Replace an idle line whose connection broke, as the service does after minutes of silence."""
        if line in self._busy:  # whoever gives it back is told that it is not alive
            return
        now = asyncio.get_running_loop().time()
        age = now - self._made.get(line, now)
        self._idle = [entry for entry in self._idle if entry[0] is not line]
        self._hang_up(line)
        if age > _SHORT_LIFE:
            self._refill()

    def _prune(self) -> None:
        """Hang up what was needed once but is no longer."""
        before = asyncio.get_running_loop().time() - _KEPT_IDLE
        while len(self._idle) + len(self._busy) > self._size and self._idle and self._idle[0][1] < before:
            self._hang_up(self._idle.pop(0)[0])

    def _hang_up(self, line: Line) -> None:
        if self._made.pop(line, None) is None:
            return  # already
        line.alive = False
        leaving = in_thread(line.hang_up, "azure-tts: hang up")
        self._leaving.add(leaving)
        leaving.add_done_callback(self._gone)

    def _gone(self, leaving: asyncio.Future[None]) -> None:
        self._leaving.discard(leaving)
        if not leaving.cancelled() and (error := leaving.exception()) is not None:
            logger.debug("a connection to Azure did not close properly: %s", type(error).__name__)
