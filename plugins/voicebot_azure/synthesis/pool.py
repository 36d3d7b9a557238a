"""A small pool of connections to the service, opened before they are needed.

A connection is used for one utterance at a time, and reused for the next. One that was interrupted or that
failed is closed in the background, and another is opened in its place at once: the SDK needs 20 ms to stop,
and nobody must wait for a server that hangs.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from voicebot import ProviderError
from voicebot_azure.synthesis.connection import SynthesisConnection
from voicebot_azure.threads import in_thread

logger = logging.getLogger(__name__)

_MIN_LIFETIME = 5.0
"""Seconds; a connection that is lost sooner than this is not replaced until it is needed."""
_KEPT_IDLE = 60.0
"""Seconds to keep idle connections beyond the pool's size."""
_CLOSE_TIMEOUT = 5.0
"""Seconds to wait for the SDK when the pool is closed."""


class ConnectionPool:
    """Connections that are idle, busy, opening or closing. All of it belongs to the loop.

    Args:
        make: makes a connection and opens it if the first argument is true; the connection calls the second
            when it is lost. Blocks.
        size: how many connections to keep.
        connect_timeout: seconds to wait for a connection to open before it is used regardless.
    """

    def __init__(
        self,
        make: Callable[[bool, Callable[[SynthesisConnection], None]], SynthesisConnection],
        size: int,
        connect_timeout: float,
    ) -> None:
        self._make = make
        self._size = size
        self._connect_timeout = connect_timeout
        self._idle: list[tuple[SynthesisConnection, float]] = []
        """Idle connections and when they were released, the most recent last."""
        self._busy: set[SynthesisConnection] = set()
        self._made_at: dict[SynthesisConnection, float] = {}
        """When each connection was made that has not been closed."""
        self._opening: set[asyncio.Future[SynthesisConnection]] = set()
        self._closing: set[asyncio.Future[None]] = set()
        self.closed = False
        """Whether `acquire` fails."""

    async def fill(self) -> None:
        """Make all connections and start to open them; raise what making one of them raises."""
        self._refill()
        for opening in list(self._opening):
            await asyncio.shield(opening)

    async def wait_connected(self) -> bool:
        """Return whether the connection that `acquire` would return is open, or opens in time."""
        connection = next((connection for connection, _ in reversed(self._idle) if connection.alive), None)
        return connection is not None and await self._wait_open(connection)

    async def acquire(self, *, new: bool = False) -> SynthesisConnection:
        """Return a connection, to be given to `release` or `discard` afterwards.

        Args:
            new: whether it must be a new one.

        Raises:
            ProviderError: the pool is closed, or no connection can be made.
        """
        if self.closed:
            raise ProviderError("the synthesizer was closed while it was speaking")
        if new or (connection := self._pop_idle()) is None:
            return await self._make_one()
        self._busy.add(connection)
        try:
            # The SDK would start to connect a second time if it were used before it is open.
            await self._wait_open(connection)
        except BaseException:
            self.discard(connection)
            raise
        return connection

    def release(self, connection: SynthesisConnection) -> None:
        """Take back a connection that has finished its utterance."""
        self._busy.discard(connection)
        if self.closed or not connection.alive:
            self._close(connection)
        elif connection in self._made_at:
            self._idle.append((connection, asyncio.get_running_loop().time()))
        self._close_surplus()
        self._refill()

    def discard(self, connection: SynthesisConnection) -> None:
        """Close a connection, whatever it is doing, and open another in its place."""
        self._busy.discard(connection)
        self._close(connection)
        self._refill()

    async def aclose(self) -> None:
        """Close all connections, and wait until that is done."""
        self.closed = True
        if self._opening:  # what opens later than this is closed at once
            await asyncio.wait(self._opening, timeout=_CLOSE_TIMEOUT)
        for connection in list(self._made_at):
            self._close(connection)
        self._idle.clear()
        self._busy.clear()
        if self._closing:
            _, late = await asyncio.wait(self._closing, timeout=_CLOSE_TIMEOUT)
            if late:
                logger.warning("%d connections to Azure are slow to close", len(late))

    async def _wait_open(self, connection: SynthesisConnection) -> bool:
        """Wait for a connection to open, for as long as that may take; the SDK does not report failure."""
        age = asyncio.get_running_loop().time() - self._made_at[connection]
        if not connection.connected.is_set() and age < self._connect_timeout:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._connect_timeout - age):
                    await connection.connected.wait()
        return connection.connected.is_set()

    def _pop_idle(self) -> SynthesisConnection | None:
        """Remove and return the idle connection that was used last, preferably one that is open."""
        alive = [entry for entry in self._idle if entry[0].alive]
        if not alive:
            return None
        chosen = next((entry for entry in reversed(alive) if entry[0].connected.is_set()), alive[-1])
        self._idle.remove(chosen)
        return chosen[0]

    async def _make_one(self) -> SynthesisConnection:
        """Make a connection for a caller that is waiting; it opens when it is used."""
        opening = in_thread(lambda: self._make(False, self._handle_lost), "azure-tts: new connection")
        self._opening.add(opening)
        try:
            connection = await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(self._add_idle)
            raise
        finally:
            self._opening.discard(opening)
        self._made_at[connection] = asyncio.get_running_loop().time()
        self._busy.add(connection)
        return connection

    def _refill(self) -> None:
        """Make the connections that are missing, in the background."""
        count = len(self._idle) + len(self._busy) + len(self._opening)
        for _ in range(0 if self.closed else self._size - count):
            opening = in_thread(lambda: self._make(True, self._handle_lost), "azure-tts: connect")
            self._opening.add(opening)
            opening.add_done_callback(self._add_idle)

    def _add_idle(self, opening: asyncio.Future[SynthesisConnection]) -> None:
        """Keep a new connection that no caller is waiting for."""
        self._opening.discard(opening)
        if opening.cancelled():
            return
        if (error := opening.exception()) is not None:  # raised again when a connection is needed
            logger.info("could not open a connection to Azure in advance: %s", type(error).__name__)
            return
        connection, now = opening.result(), asyncio.get_running_loop().time()
        self._made_at[connection] = now
        if self.closed:
            self._close(connection)
        else:
            self._idle.append((connection, now))

    def _handle_lost(self, connection: SynthesisConnection) -> None:
        """Replace an idle connection that broke; the service closes idle ones after some minutes."""
        if connection in self._busy:  # `release` closes it
            return
        now = asyncio.get_running_loop().time()
        age = now - self._made_at.get(connection, now)
        self._idle = [entry for entry in self._idle if entry[0] is not connection]
        self._close(connection)
        if age > _MIN_LIFETIME:
            self._refill()

    def _close_surplus(self) -> None:
        """Close connections beyond the pool's size that have been idle for long."""
        before = asyncio.get_running_loop().time() - _KEPT_IDLE
        while len(self._idle) + len(self._busy) > self._size and self._idle and self._idle[0][1] < before:
            self._close(self._idle.pop(0)[0])

    def _close(self, connection: SynthesisConnection) -> None:
        if self._made_at.pop(connection, None) is None:
            return  # already closed
        connection.alive = False
        closing = in_thread(connection.close, "azure-tts: close connection")
        self._closing.add(closing)
        closing.add_done_callback(self._handle_closed)

    def _handle_closed(self, closing: asyncio.Future[None]) -> None:
        self._closing.discard(closing)
        if not closing.cancelled() and (error := closing.exception()) is not None:
            logger.debug("a connection to Azure did not close properly: %s", type(error).__name__)
