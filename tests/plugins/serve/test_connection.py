"""The limits of one connection by time, in virtual time: clients that are slow, silent or do nothing."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping, Sequence
from typing import Any

import pytest
from starlette.websockets import WebSocket

from voicebot.testing import simulated
from voicebot_serve.connection import WebSocketClient
from voicebot_serve.options import LimitOptions
from voicebot_serve.transport import ClientGone, Handshake

HANDSHAKE = Handshake("/line", {"authorization": "Bearer sesame"}, {}, (), "127.0.0.1", "ws://bot/line")


class Wire:
    """The server's side of a WebSocket, as ASGI has it."""

    def __init__(self) -> None:
        self.incoming: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
        self.sent: list[MutableMapping[str, Any]] = []
        self.is_full = False
        self.dropped: list[str] = []

    async def receive(self) -> MutableMapping[str, Any]:
        return await self.incoming.get()

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if self.is_full and message["type"] == "websocket.send":
            await asyncio.Event().wait()
        self.sent.append(message)

    async def accepted(self, **limits: float) -> WebSocketClient:
        websocket = WebSocket({"type": "websocket", "path": "/line"}, self.receive, self.send)
        self.incoming.put_nowait({"type": "websocket.connect"})
        await websocket.accept()
        return WebSocketClient(websocket, HANDSHAKE, LimitOptions(**limits), self.dropped.append)  # type: ignore[arg-type]

    @property
    def closed(self) -> tuple[int, str]:
        last = self.sent[-1]
        assert last["type"] == "websocket.close"
        return last["code"], last["reason"]


async def _receive(client: WebSocketClient) -> None:
    while True:
        await client.receive()


async def _say(wire: Wire, lines: Sequence[str], every: float) -> None:
    for line in lines:
        await asyncio.sleep(every)
        wire.incoming.put_nowait({"type": "websocket.receive", "text": line})


@simulated
async def test_row_13_a_client_that_says_nothing_for_too_long_is_given_up() -> None:
    wire = Wire()
    client = await wire.accepted(idle=30)
    async with asyncio.TaskGroup() as tasks:
        receiving = tasks.create_task(_receive(client))
        tasks.create_task(_say(wire, ["still here"] * 9, every=29))
        with pytest.raises(ClientGone):
            await client.watch()
        receiving.cancel()
    assert asyncio.get_running_loop().time() == pytest.approx(9 * 29 + 30)
    assert wire.closed == (1001, "nothing was sent for too long")
    assert wire.dropped == ["idle"]


@simulated
async def test_a_client_is_not_given_up_while_the_server_has_not_read_what_it_said() -> None:
    wire = Wire()
    client = await wire.accepted(idle=30)
    watching = asyncio.ensure_future(client.watch())
    await asyncio.sleep(100)
    wire.incoming.put_nowait({"type": "websocket.receive", "text": "said long ago"})
    assert await client.receive() == "said long ago"
    assert not watching.done()
    watching.cancel()


@simulated
async def test_a_client_that_does_not_read_is_given_up() -> None:
    wire = Wire()
    client = await wire.accepted()
    await client.send("read")
    wire.is_full = True
    with pytest.raises(ClientGone):
        await client.send(b"unread")
    assert asyncio.get_running_loop().time() == pytest.approx(2)
    assert wire.closed == (1008, "what was sent is not read")
    with pytest.raises(ClientGone):
        await client.send("more")


@simulated
async def test_sound_in_real_time_passes_for_hours_and_three_times_as_fast_does_not() -> None:
    wire = Wire()
    client = await wire.accepted()
    for _ in range(7200):
        client.audio_received(1.0)
        await asyncio.sleep(1)
    for _ in range(8):
        client.audio_received(3.0)
        await asyncio.sleep(1)
    with pytest.raises(ClientGone):
        client.audio_received(3.0)
    await client.finish(1000)
    assert wire.closed[0] == 1008
    assert wire.dropped == ["rate"]


@simulated
async def test_a_client_that_goes_is_gone_for_every_use() -> None:
    wire = Wire()
    client = await wire.accepted()
    wire.incoming.put_nowait({"type": "websocket.disconnect", "code": 1006})
    for use in (client.receive, client.receive, lambda: client.send("x")):
        with pytest.raises(ClientGone):
            await use()
    await client.close()
    assert wire.dropped == []


def test_a_handshake_shows_no_secret() -> None:
    assert "sesame" not in f"{HANDSHAKE!r} {HANDSHAKE}"
