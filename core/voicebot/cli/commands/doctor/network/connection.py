"""Opening a connection to a host."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from voicebot.cli.commands.doctor.network.failure import connection_failure
from voicebot.cli.commands.doctor.result import in_daemon_thread

LIMIT = 5.0
"""Seconds for one visit."""


@asynccontextmanager
async def connection(
    host: str, port: int, what: str = ""
) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter], None]:
    """Connect to a host by any of its addresses.

    Args:
        what: what is there, for messages, if it is not a server itself.

    Raises:
        Failure: there is no such host, or it cannot be reached.
    """
    try:
        found = await in_daemon_thread(
            lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM), f"look up {host}"
        )
        reader, writer = await _first_of([entry[4][0] for entry in found], port)
    except (OSError, UnicodeError) as error:
        raise connection_failure(error, host, port, what) from None
    try:
        yield reader, writer
    finally:
        writer.transport.abort()  # nothing is lost, and a goodbye by TLS could take a while


async def _first_of(hosts: list[str | int], port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to the first address of a host that answers."""
    for host in hosts[:-1]:
        with suppress(OSError):
            return await asyncio.wait_for(asyncio.open_connection(str(host), port), LIMIT / len(hosts))
    return await asyncio.open_connection(str(hosts[-1]), port)
