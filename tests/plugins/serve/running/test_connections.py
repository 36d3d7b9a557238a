"""Connections that send requests slowly, never, or as no request: in virtual time, without sockets."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from uvicorn.server import ServerState

from voicebot.testing import simulated
from voicebot_serve.running.uvicorn_server import config_for

_GET = b"GET / HTTP/1.1\r\nHost: bot\r\n\r\n"
_POST = b"POST / HTTP/1.1\r\nHost: bot\r\nContent-Length: 1000\r\n\r\n"
_UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: bot\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class Wire(asyncio.Transport):
    """The server's side of a connection, which remembers what was sent and when it was closed."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.1", 5), "sockname": ("127.0.0.1", 80)})
        self.protocol: Any = None
        self.sent = b""
        self.closed_at: float | None = None
        self.pauses = 0
        self.is_paused = False

    def write(self, data: Any) -> None:
        self.sent += bytes(data)

    def close(self) -> None:
        if self.closed_at is None:
            self.closed_at = asyncio.get_running_loop().time()
            self.protocol.connection_lost(None)

    def abort(self) -> None:
        self.close()

    def is_closing(self) -> bool:
        return self.closed_at is not None

    def get_protocol(self) -> Any:
        return self.protocol

    def set_protocol(self, protocol: Any) -> None:
        self.protocol = protocol

    def pause_reading(self) -> None:
        self.pauses += 1
        self.is_paused = True

    def resume_reading(self) -> None:
        self.is_paused = False


async def _answer(request: Request) -> PlainTextResponse:
    try:
        return PlainTextResponse(f"{len(await request.body())} bytes")
    except ClientDisconnect:
        return PlainTextResponse("nobody reads this")


_ROUTES = (Route("/", _answer, methods=["GET", "POST"]),)


def _config(admits: Callable[[str], bool], routes: Sequence[BaseRoute]) -> uvicorn.Config:
    config = config_for(Starlette(routes=routes), 1_000, admits)
    config.load()
    return config


def _connected(
    admits: Callable[[str], bool] = lambda _: True,
    routes: Sequence[BaseRoute] = _ROUTES,
    wire: Wire | None = None,
) -> Wire:
    wire, config = wire or Wire(), _config(admits, routes)
    wire.protocol = config.http_protocol_class(  # type: ignore[operator]
        config=config, server_state=ServerState(), app_state={}, _loop=asyncio.get_running_loop()
    )
    wire.protocol.connection_made(wire)
    return wire


async def _trickle(wire: Wire, data: bytes, every: float) -> float:
    """Send a byte at a time until the connection is closed; return when it was."""
    for at in range(len(data)):
        if wire.closed_at is not None:
            break
        wire.protocol.data_received(data[at : at + 1])
        await asyncio.sleep(every)
    assert wire.closed_at is not None
    return wire.closed_at


@pytest.mark.parametrize(
    ("before", "slowly"),
    [
        (b"", b""),
        (b"", b"GET / HTTP/1.1\r\nX-A: " + b"a" * 1000),
        (_GET, b"GET / HTTP/1.1\r\nX-A: " + b"a" * 1000),
        (_POST, b"a" * 999),
        (b"POST / HTTP/1.1\r\nHost: bot\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n" * 300),
        (
            b"",
            b"GET /v1/realtime HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-" * 9,
        ),
    ],
    ids=["nothing", "headers", "headers of a second request", "a body", "chunks of a body", "an upgrade"],
)
@simulated
async def test_row_13_a_connection_that_does_not_send_a_whole_request_is_closed(
    before: bytes, slowly: bytes
) -> None:
    wire = _connected()
    if before:
        wire.protocol.data_received(before)
        await asyncio.sleep(1)
    begun = asyncio.get_running_loop().time() if before == _GET else 0.0
    if slowly:
        closed = await _trickle(wire, slowly, 0.5)
    else:
        await asyncio.sleep(60)
        assert wire.closed_at is not None
        closed = wire.closed_at
    assert closed - begun == pytest.approx(10)


@simulated
async def test_a_request_in_time_is_answered_and_its_connection_may_send_another() -> None:
    wire = _connected()
    for _ in range(2):
        wire.protocol.data_received(_POST)
        await asyncio.sleep(4)
        wire.protocol.data_received(b"a" * 1000)
        await asyncio.sleep(4)
    assert wire.sent.count(b"1000 bytes") == 2
    await asyncio.sleep(60)
    assert wire.closed_at == pytest.approx(4 + 4 + 4 + 5)  # uvicorn keeps idle connections for 5 s


@simulated
async def test_row_13_an_address_that_connects_too_often_is_cut_off_before_anything_is_read() -> None:
    asked: list[str] = []
    wire = _connected(lambda address: bool(asked.append(address)))
    assert (wire.closed_at, wire.sent, asked) == (0, b"", ["192.0.2.1"])
    await asyncio.sleep(60)


def _text(line: str) -> bytes:
    """Return a message as a client sends it over a WebSocket."""
    return bytes([0x81, 0x80 | len(line), *bytes(4)]) + line.encode()


@simulated
async def test_reading_goes_on_while_one_message_waits_and_pauses_at_the_second() -> None:
    received: asyncio.Queue[str] = asyncio.Queue()
    may_read = asyncio.Event()

    async def listen(websocket: WebSocket) -> None:
        await websocket.accept()
        await may_read.wait()
        with contextlib.suppress(WebSocketDisconnect):
            async for line in websocket.iter_text():
                received.put_nowait(line)

    wire = _connected(routes=[WebSocketRoute("/", listen)])
    wire.protocol.data_received(_UPGRADE)
    await asyncio.sleep(1)
    wire.protocol.data_received(_text("one"))
    assert not wire.is_paused
    wire.protocol.data_received(_text("two") + _text("three"))
    assert wire.is_paused
    may_read.set()
    assert [await received.get() for _ in range(3)] == ["one", "two", "three"]
    assert not wire.is_paused
    for line in ("four", "five"):
        wire.protocol.data_received(_text(line))
        assert await received.get() == line
    assert wire.pauses == 1
    wire.close()
    await asyncio.sleep(1)


class LostWire(Wire):
    """A connection whose other side is gone, of which asyncio tells the protocol a moment later."""

    def close(self) -> None:
        self.closed_at = asyncio.get_running_loop().time()


@simulated
async def test_nothing_more_is_written_to_a_connection_that_is_lost() -> None:
    failed: list[type[Exception]] = []

    async def talk(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.receive_text()
        for _ in range(10):
            try:
                await websocket.send_text("anybody there?")
            except (WebSocketDisconnect, RuntimeError) as error:
                failed.append(type(error))

    wire = _connected(routes=[WebSocketRoute("/", talk)], wire=LostWire())
    wire.protocol.data_received(_UPGRADE)
    await asyncio.sleep(1)
    sent = wire.sent
    wire.protocol.data_received(_text("hello"))
    wire.close()
    await asyncio.sleep(1)
    assert (wire.sent, len(failed)) == (sent, 10)
    wire.protocol.connection_lost(None)
