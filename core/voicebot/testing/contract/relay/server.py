"""The process of a relay: passes on what comes to a port, until its input says `cut`.

It is run as a script and imports nothing of voicebot, so that it begins quickly.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

_PIECE = 65_536


class Server:
    """Passes connections on to a service, while the line is whole."""

    def __init__(self, host: str, port: int) -> None:
        self._target = host, port
        self._open: set[asyncio.StreamWriter] = set()
        self._connections: set[asyncio.Task[None]] = set()
        self._whole = True

    async def run(self) -> None:
        """Print the port, then do what is read line by line, and answer each line, until the input ends."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        _answer(str(server.sockets[0].getsockname()[1]))
        while line := await asyncio.to_thread(sys.stdin.readline):
            self._whole = line.strip() != "cut"
            if not self._whole:
                self._abort()
            _answer("done")
        server.close()
        self._whole = False
        self._abort()
        await asyncio.gather(*self._connections)

    def _abort(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.create_task(self._connected(reader, writer), name="relay: connection")
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

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
        if not self._whole:  # it was cut meanwhile
            writer.transport.abort()
            far_writer.transport.abort()
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


def _answer(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await source.read(_PIECE):
            target.write(piece)
            await target.drain()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):  # the process that began it ends its input
        asyncio.run(Server(sys.argv[1], int(sys.argv[2])).run())
