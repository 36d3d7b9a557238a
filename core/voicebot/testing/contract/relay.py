"""A relay between a provider and its service, to cut the network at will."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_WAIT = 10.0
_PIECE = 65_536


class Relay:
    """Passes what comes to `port` of 127.0.0.1 on to a service, until it is cut; made by `relayed`."""

    def __init__(self, host: str, port: int, loop: asyncio.AbstractEventLoop) -> None:
        self.port = 0
        self._target = host, port
        self._loop = loop
        self._open: set[asyncio.StreamWriter] = set()
        self._whole = True

    def cut(self) -> None:
        """Break all connections, and refuse new ones."""
        self._loop.call_soon_threadsafe(self._cut)

    def restore(self) -> None:
        """Let connections be made again."""
        self._whole = True

    async def serve(self) -> asyncio.Server:
        """Begin to listen."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    def _cut(self) -> None:
        self._whole = False
        for writer in list(self._open):
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, far_writer}
        ways = [
            asyncio.create_task(_pass_on(reader, far_writer), name="relay: there"),
            asyncio.create_task(_pass_on(far_reader, writer), name="relay: back"),
        ]
        try:  # who hangs up on one side hangs up on both
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            self._open -= {writer, far_writer}
            for each in (writer, far_writer):
                each.close()
                with suppress(OSError):
                    await each.wait_closed()


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await source.read(_PIECE):
            target.write(piece)
            await target.drain()


@contextmanager
def relayed(host: str, port: int) -> Iterator[Relay]:
    """Run a relay to a service, in a thread of its own, until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="relay", daemon=True)
    thread.start()
    relay = Relay(host, port, loop)
    server = asyncio.run_coroutine_threadsafe(relay.serve(), loop).result(_WAIT)
    try:
        yield relay
    finally:
        server.close()
        relay.cut()
        asyncio.run_coroutine_threadsafe(_settled(), loop).result(_WAIT)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_WAIT)
        loop.close()


async def _settled() -> None:
    """Let what was cut come to its end."""
    if rest := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(rest, timeout=_WAIT)
    await asyncio.sleep(0)  # for connections that were refused
