"""A request with two ends: one side writes it, and opens its connection, while the other reads the answer."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from voicebot import ProviderError
from voicebot_wyoming.connection import Connection
from voicebot_wyoming.server import Server

if TYPE_CHECKING:
    from wyoming.event import Eventable

logger = logging.getLogger(__name__)


class Exchange:
    """Passes a connection from the writing side to the reading one, which gets every failure."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._connection: Connection | None = None
        self._failure: ProviderError | None = None
        self._decided = asyncio.Event()
        self._closed = False

    @property
    def is_open(self) -> bool:
        """Whether a connection was opened, or could not be."""
        return self._connection is not None or self._failure is not None

    async def open(self, *first: Eventable) -> None:
        """Connect, and send the first events."""
        try:
            self._connection = await self._server.open()
            if self._closed:
                await self._connection.close()
            await self._connection.send(*first)
        except ProviderError as error:
            self._failure = error
        finally:
            self._decided.set()

    async def send(self, *messages: Eventable) -> None:
        """Send more events, unless the connection is gone, which the reading side reports."""
        if self._connection is None or self._failure is not None:
            return
        try:
            await self._connection.send(*messages)
        except ProviderError as error:
            logger.debug("not sent: %s", error)

    def expect_answer(self) -> None:
        """Limit the server's time from now on; without a connection, there will be no answer."""
        self._decided.set()
        if self._connection is not None:
            self._connection.expect_answer(self._server.timeout)

    async def connection(self) -> Connection | None:
        """Return the connection once it is open; None if the request ended without one.

        Raises:
            ProviderError: it could not be opened.
        """
        await self._decided.wait()
        if self._failure is not None:
            raise self._failure
        return self._connection

    async def close(self) -> None:
        """Close the connection, if there is one, or as soon as there is."""
        self._closed = True
        if self._connection is not None:
            await self._connection.close()
