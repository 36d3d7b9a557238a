"""Junk connections to a server on this machine, over real sockets, from five addresses of it (Linux only).

`serve_junk.py PORT COUNT` keeps COUNT of them, in the ways of `served_junk.py`, until SIGTERM; then it prints
how many connections it made a second.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time

from served_junk import junk

_ADDRESSES = [f"127.0.0.{number}" for number in range(2, 7)]


class _SocketWire(asyncio.Protocol):
    """A connection over a socket, from which nothing is read but that it was closed."""

    def __init__(self) -> None:
        self.closed = asyncio.Event()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if data[:1] == b"\x88" and self._transport is not None:  # the server closes the WebSocket
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()

    def send(self, data: bytes) -> None:
        """Send something to the server."""
        if self._transport is not None:
            self._transport.write(data)

    def is_closing(self) -> bool:
        """Return whether the connection is closed."""
        return self._transport is None or self._transport.is_closing()


class _SocketDialer:
    """Connects to a port; a connection that fails counts as one that was closed."""

    def __init__(self, port: int) -> None:
        self.opened = 0
        self._port = port

    async def connect(self, address: str) -> _SocketWire:
        """Return a new connection from an address."""
        wire, loop = _SocketWire(), asyncio.get_running_loop()
        self.opened += 1
        try:
            await loop.create_connection(lambda: wire, "127.0.0.1", self._port, local_addr=(address, 0))
        except OSError:
            wire.closed.set()
        return wire


async def main(port: int, count: int) -> None:
    """Bother the server until SIGTERM."""
    dialer, begun = _SocketDialer(port), time.perf_counter()
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(junk(dialer.connect, _ADDRESSES, number)) for number in range(count)]
        await stopped.wait()
        for task in running:
            task.cancel()
    print(round(dialer.opened / (time.perf_counter() - begun), 1), flush=True)


if __name__ == "__main__":
    os.nice(10)  # the clients whose conversations are measured have to be on time
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
