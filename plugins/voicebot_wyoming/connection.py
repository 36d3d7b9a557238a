"""One connection to a server, which serves one request."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from voicebot import ProviderError
from voicebot_wyoming.address import Address
from voicebot_wyoming.event_reader import LONGEST_HEADER, MalformedEvent, read_event
from voicebot_wyoming.failures import lost, not_wyoming, refused, silent, unreachable

if TYPE_CHECKING:
    from wyoming.event import Event, Eventable


class Connection:
    """Sends and receives events; `open_connection` opens one."""

    def __init__(self, address: Address, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._address = address
        self._reader = reader
        self._writer = writer
        self._timeout: float | None = None
        self._limit: asyncio.Timeout | None = None

    def expect_answer(self, timeout: float) -> None:
        """Let `receive` wait for at most `timeout` seconds from now on, instead of for ever."""
        self._timeout = timeout
        if self._limit is not None:
            self._limit.reschedule(asyncio.get_running_loop().time() + timeout)

    async def send(self, *messages: Eventable) -> None:
        """Send events; wait while the server does not take them.

        Raises:
            ProviderError: the connection was lost.
        """
        from wyoming.event import async_write_event

        try:
            for message in messages:
                await async_write_event(message.event(), self._writer)
        except OSError as error:
            raise lost(self._address, error) from error

    async def receive(self) -> Event:
        """Return the next event.

        Raises:
            ProviderError: the server reports an error, closes the connection, does not answer in time, or
                sends what is not an event.
        """
        try:
            async with asyncio.timeout(self._timeout) as self._limit:
                event = await read_event(self._reader)
        except TimeoutError as error:
            raise silent(self._address, self._timeout or 0.0) from error
        except asyncio.IncompleteReadError as error:
            raise lost(self._address) from error
        except OSError as error:
            raise lost(self._address, error) from error
        except MalformedEvent as error:
            raise not_wyoming(self._address, str(error)) from error
        finally:
            self._limit = None
        if event is None:
            raise lost(self._address)
        if event.type == "error":
            raise refused(self._address, event.data.get("text", ""), event.data.get("code"))
        return event

    async def close(self) -> None:
        """Close the connection at once, whatever the server is doing; calling it twice is harmless."""
        self._writer.transport.abort()
        with suppress(OSError):
            await self._writer.wait_closed()


async def open_connection(address: Address, timeout: float) -> Connection:
    """Connect to a server.

    Raises:
        ProviderError: the server cannot be reached within `timeout` seconds.
    """
    try:
        async with asyncio.timeout(timeout):
            if address.path:
                reader, writer = await asyncio.open_unix_connection(address.path, limit=LONGEST_HEADER)
            else:
                reader, writer = await asyncio.open_connection(
                    address.host, address.port, limit=LONGEST_HEADER
                )
    except (OSError, UnicodeError) as error:  # UnicodeError: a host that no name server can be asked for
        raise unreachable(address, error, timeout) from error
    except (AttributeError, NotImplementedError) as error:
        raise ProviderError(f"this system cannot connect to {address}; use tcp://HOST:PORT") from error
    return Connection(address, reader, writer)
