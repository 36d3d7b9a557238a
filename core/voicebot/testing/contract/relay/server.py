"""The process of a relay: forwards connections to a service, and cuts them when its input says `cut`.

It runs as a script and imports nothing from voicebot, so that it starts quickly.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

_PIECE = 65_536


class Server:
    """Forwards connections to a service unless it has been cut."""

    def __init__(self, host: str, port: int) -> None:
        self._target = host, port
        self._open: set[asyncio.StreamWriter] = set()
        self._connections: set[asyncio.Task[None]] = set()
        self._connected = True

    async def run(self) -> None:
        """Print the port, then obey and answer the input line by line until it ends."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        _answer(str(server.sockets[0].getsockname()[1]))
        while line := await asyncio.to_thread(sys.stdin.readline):
            self._connected = line.strip() != "cut"
            if not self._connected:
                self._abort()
            _answer("done")
        server.close()
        self._connected = False
        self._abort()
        await asyncio.gather(*self._connections)

    def _abort(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.create_task(self._forward(reader, writer), name="relay: connection")
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._connected:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, far_writer}
        if not self._connected:  # it was cut in the meantime
            writer.transport.abort()
            far_writer.transport.abort()
        directions = [
            asyncio.create_task(_pass_on(reader, far_writer), name="relay: there"),
            asyncio.create_task(_pass_on(far_reader, writer), name="relay: back"),
        ]
        try:  # a side that closes closes both
            await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for direction in directions:
                direction.cancel()
            self._open -= {writer, far_writer}
            for each in (writer, far_writer):
                each.close()
                with suppress(OSError):
                    await each.wait_closed()


def _answer(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await source.read(_PIECE):
            target.write(piece)
            await target.drain()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):  # the parent process ends its input
        asyncio.run(Server(sys.argv[1], int(sys.argv[2])).run())
