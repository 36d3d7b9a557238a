"""Connections to a server without sockets, and clients on them that are slow, silent, wrong or hostile."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from typing import Any, Protocol

from uvicorn import Config
from uvicorn.server import ServerState

_UPGRADE = (
    "GET /v1/realtime HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"
)
_AGAIN = 0.5
"""Seconds until a junk connection that was closed comes again."""
JUNK_ADDRESSES = [f"198.51.100.{number}" for number in range(5)]
_NOISE = random.Random(1).randbytes(1000)


def text_frame(message: str) -> bytes:
    """Return a WebSocket frame as a client sends it, of less than 64 kB."""
    data = message.encode()
    size = (
        bytes([0x80 | len(data)]) if len(data) < 126 else bytes([0x80 | 126]) + len(data).to_bytes(2, "big")
    )
    return b"\x81" + size + bytes(4) + data


_TALK = [
    text_frame("{"),
    text_frame('{"type":"input_audio_buffer.commit"}'),
    text_frame('{"type":"conversation.item.retrieve","item_id":"none"}'),
    b"\x89\x80" + bytes(4),
    text_frame('{"type":"input_audio_buffer.append","audio":"!"}'),
    text_frame('{"type":"response.cancel"}'),
]


class Wire(asyncio.Transport):
    """The server's side of a connection over which everything arrives at once; it counts the responses."""

    def __init__(self, dialer: Dialer, address: str) -> None:
        super().__init__({"peername": (address, 5), "sockname": ("127.0.0.1", 80)})
        self.responses = 0
        self._dialer = dialer
        self._protocol: Any = None
        self._is_closing = False
        self.closed = asyncio.Event()

    def send(self, data: bytes) -> None:
        """Send something to the server."""
        if not self._is_closing:
            self._protocol.data_received(data)

    def hang_up(self) -> None:
        """Close the connection, as the client does."""
        self.close()

    def write(self, data: Any) -> None:
        self.responses += b'"type":"response.done"' in data
        if data[:1] == b"\x88":  # the server closes the WebSocket; nobody sends a reply
            self.close()

    def close(self) -> None:
        if not self._is_closing:
            self._is_closing = True
            self._dialer.open.discard(self)
            asyncio.get_running_loop().call_soon(self._lose)
            self.closed.set()

    def _lose(self) -> None:
        protocol, self._protocol = (
            self._protocol,
            None,
        )  # as asyncio does: no circle is left for the collector
        protocol.connection_lost(None)

    def abort(self) -> None:
        self.close()

    def is_closing(self) -> bool:
        return self._is_closing

    def get_protocol(self) -> Any:
        return self._protocol

    def set_protocol(self, protocol: Any) -> None:
        self._protocol = protocol

    def pause_reading(self) -> None:
        """What was sent has arrived."""

    def resume_reading(self) -> None:
        """See `pause_reading`."""


class Dialer:
    """Connects to the server that a config describes."""

    def __init__(self, config: Config) -> None:
        self.open: set[Wire] = set()
        self.opened = 0
        self._config = config
        self._state = ServerState()

    def connected(self, address: str) -> Wire:
        """Return a new connection."""
        wire = Wire(self, address)
        make: Any = self._config.http_protocol_class
        protocol = make(config=self._config, server_state=self._state, app_state={})
        wire.set_protocol(protocol)
        self.open.add(wire)
        self.opened += 1
        protocol.connection_made(wire)  # which may close it
        return wire

    def upgraded(self, address: str, more: str = "") -> Wire:
        """Return a new connection that has asked for a WebSocket, with more headers."""
        wire = self.connected(address)
        wire.send(_UPGRADE.format(more=more).encode())
        return wire

    async def connect(self, address: str) -> Wire:
        """Return a new connection, as a dialer of sockets does."""
        return self.connected(address)


class JunkWire(Protocol):
    """A connection of a junk client: a `Wire`, or a socket."""

    closed: asyncio.Event

    def send(self, data: bytes) -> None:
        """Send something to the server."""

    def is_closing(self) -> bool:
        """Return whether the server has closed it."""


async def junk(connect: Callable[[str], Awaitable[JunkWire]], addresses: Sequence[str], number: int) -> None:
    """Connect again and again, in one of five ways, until cancelled."""
    address = addresses[number % len(addresses)]
    await asyncio.sleep(number % 100 * _AGAIN / 100)
    for turn in count():
        wire = await connect(address)
        match number % 5:
            case 0:
                pass
            case 1:
                await _drip(wire)
            case 2:
                wire.send(_NOISE)
            case 3:
                guess = f"Authorization: Bearer guess {turn}\r\nOrigin: http://a.example\r\n"
                wire.send(_UPGRADE.format(more=guess).encode())
            case _:
                wire.send(_UPGRADE.format(more="").encode())
                await _talk(wire)
        await wire.closed.wait()
        await asyncio.sleep(_AGAIN)


async def _drip(wire: JunkWire) -> None:
    for byte in b"GET / HTTP/1.1\r\nX-Header: " + b"a" * 100:
        if wire.is_closing():
            return
        wire.send(bytes([byte]))
        await asyncio.sleep(1)


async def _talk(wire: JunkWire) -> None:
    for number in count():
        if wire.is_closing():
            return
        wire.send(_TALK[number % len(_TALK)])
        await asyncio.sleep(0.02)
