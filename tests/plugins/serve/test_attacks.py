"""What a hostile client sends, over real sockets; rows as in the list of attacks."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
from collections.abc import Mapping
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import ClientConnection, connect

from voicebot import SecretStr
from voicebot_serve.app import installed_transports
from voicebot_serve.options import ServeOptions
from voicebot_serve.sessions.owner import network_of

from .serving import Running, serving

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
REALTIME = "/v1/realtime"
COMMIT = json.dumps({"type": "input_audio_buffer.commit"})


def realtime_server(options: ServeOptions | None = None) -> Any:
    return serving(options, transports=installed_transports())


async def status_of(running: Running, headers: Mapping[str, str], path: str = REALTIME) -> int:
    """Send a request with exactly these headers; return the status."""
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1"))
    line = await reader.readline()
    writer.close()
    return int(line.split()[1])


async def until_closed(client: ClientConnection) -> tuple[int | None, list[dict[str, Any]]]:
    """Read until the server closes; return the code, and the errors that it reported."""
    errors = []
    with contextlib.suppress(websockets.ConnectionClosed):
        while True:
            event = json.loads(await client.recv())
            if event["type"] == "error":
                errors.append(event["error"])
    return client.close_code, errors


async def flood(client: ClientConnection, message: str, count: int) -> None:
    with contextlib.suppress(websockets.ConnectionClosed):
        for _ in range(count):
            await client.send(message)


def problems(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize("path", ["/healthz", REALTIME])
def test_headers_without_an_address_are_refused_and_break_nothing(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        async with realtime_server() as running:
            upgrade = UPGRADE if path == REALTIME else {}
            good = {"Host": f"127.0.0.1:{running.port}"} | upgrade
            assert await status_of(running, good, path) in (101, 200)
            for bad in ({"Host": "["}, {"Host": "a:b"}, {"Origin": "http://["}, {"X-Forwarded-Host": "a:-"}):
                assert await status_of(running, good | bad, path) == 400, bad
            for odd in ({"X-Forwarded-For": "\xff,,[::"}, {"Authorization": "Bearer ek_\xff.\xfe"}):
                assert await status_of(running, good | odd, path) in (101, 200, 401), odd
            assert problems(caplog) == []

    asyncio.run(run())


def test_row_3_not_even_the_most_verbose_log_has_keys_or_what_was_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in ("websockets", "asyncio"):  # the client of this test logs too
        caplog.set_level(logging.CRITICAL, name)
    caplog.set_level(logging.DEBUG)

    async def run() -> None:
        async with realtime_server(ServeOptions(keys={"shop": SecretStr("sesame")})) as running:
            key = {"Authorization": "Bearer sesame"}
            async with connect(running.url(REALTIME), additional_headers=key, max_queue=None) as client:
                await client.send(json.dumps({"type": "input_audio_buffer.append", "audio": "plover"}))
                await client.send("xyzzy")
                async for message in client:
                    if json.loads(message)["type"] == "error":
                        break

    asyncio.run(run())
    served = [each.getMessage() for each in caplog.records if not each.name.startswith("websockets")]
    assert served
    for secret in ("sesame", "plover", "xyzzy"):
        assert [line for line in served if secret in line] == []


def test_row_5_deep_json_and_what_is_no_json_is_junk_and_ends_the_connection() -> None:
    async def run() -> None:
        deep = '{"type":"session.update","session":' + '{"a":' * 300 + "1" + "}" * 301
        very_deep = "[" * 100_000
        infinite = '{"type":"conversation.item.truncate","item_id":"a","content_index":0,"audio_end_ms":NaN}'
        async with realtime_server() as running:
            for junk in (
                deep,
                very_deep,
                infinite,
                "{",
                "[]",
                '{"type":7}',
                '{"type":"no.such"}',
                "9" * 5000,
            ):
                async with connect(running.url(REALTIME), max_queue=None) as client:
                    flooding = asyncio.ensure_future(flood(client, junk, 30))
                    code, errors = await until_closed(client)
                    await flooding
                    assert code == 1008, junk[:40]
                    assert {error["type"] for error in errors} == {"invalid_request_error"}

    asyncio.run(run())


@pytest.mark.slow
def test_row_5_a_flood_of_valid_messages_or_of_pings_ends_the_connection() -> None:
    async def run() -> None:
        async with realtime_server() as running:
            async with connect(running.url(REALTIME), max_queue=None) as client:
                flooding = asyncio.ensure_future(flood(client, COMMIT, 10_000))
                assert (await until_closed(client))[0] == 1008
                await flooding
            reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
            head = "".join(f"{name}: {value}\r\n" for name, value in UPGRADE.items())
            writer.write(f"GET {REALTIME} HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}\r\n".encode())
            with contextlib.suppress(ConnectionError):
                writer.write(b"\x89\x80\0\0\0\0" * 1000)  # pings without contents
                while await reader.read(65_536):
                    pass
            writer.close()
            await running.server.sessions.wait_until_empty()

    asyncio.run(run())


def test_row_6_an_ipv6_network_counts_as_one_address() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:ffff:ffff:ffff") == "2001:db8::/64"
    assert network_of("2001:db8:0:1::1") != network_of("2001:db8::1")
    assert network_of("::ffff:192.0.2.7") == network_of("192.0.2.7") == "192.0.2.7"


def test_row_6_connections_of_an_address_are_limited_but_not_those_of_a_trusted_proxy() -> None:
    async def run() -> None:
        async with realtime_server() as running:
            admits = running.server.admits_connection
            addresses = (f"2001:db8::{number:x}" for number in range(10_000))  # of one network
            admitted = list(itertools.takewhile(admits, addresses))
            assert 200 <= len(admitted) < 9_000
            assert admits("2001:db8:0:1::2")
            assert all(admits("127.0.0.1") for _ in range(500))
            assert 'voicebot_refused_total{reason="connections"} 1' in (await running.get("/metrics"))[2]

    asyncio.run(run())


def test_row_6_neither_requests_without_a_key_nor_guesses_lock_the_right_key_out() -> None:
    async def run() -> None:
        async with realtime_server(ServeOptions(keys={"shop": SecretStr("sesame")})) as running:
            good = {"Host": "127.0.0.1"} | UPGRADE
            for _ in range(40):
                assert await status_of(running, good) == 401
            assert await status_of(running, good | {"Authorization": "Bearer sesame"}) == 101
            for _ in range(40):
                last = await status_of(running, good | {"Authorization": "Bearer guess"})
            assert last == 429
            assert await status_of(running, good | {"Authorization": "Bearer sesame"}) == 101
            assert await status_of(running, good | {"Authorization": "Bearer guess"}) == 429

    asyncio.run(run())


def frame(opcode: int, data: bytes) -> bytes:
    """Return a frame as a client sends it, of less than 126 bytes."""
    return bytes([0x80 | opcode, 0x80 | len(data)]) + bytes(4) + data


BROKEN = {
    "TLS": ("", b"\x16\x03\x01\0\0\0" + bytes(range(256))),
    "another upgrade": ("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n", b""),
    "a body cut off": ("POST /telephony/twilio HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\n", b"abc"),
    "endless headers": ("", b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000),
    "no UTF-8": (REALTIME, frame(1, b"\xff\xfe")),
    "no opcode": (REALTIME, frame(3, b"x")),
    "a continuation of nothing": (REALTIME, frame(0, b"continued")),
    "half a close code": (REALTIME, frame(8, b"\1")),
    "unmasked": (REALTIME, b"\x81\1a"),
    "a terabyte": (REALTIME, b"\x82\xff" + (2**40).to_bytes(8, "big") + bytes(4)),
}


async def send_broken(running: Running, head: str, data: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    if head == REALTIME:
        fields = "".join(f"{name}: {value}\r\n" for name, value in UPGRADE.items())
        writer.write(f"GET {REALTIME} HTTP/1.1\r\nHost: 127.0.0.1\r\n{fields}\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
    writer.write(head.encode() * (head != REALTIME) + data)
    writer.write_eof()
    with contextlib.suppress(ConnectionError):
        while await reader.read(65_536):
            pass
    writer.close()


def test_row_8_bytes_that_break_the_protocol_are_not_worth_a_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def run() -> None:
        options = ServeOptions(open=True, telephony={"twilio": {"auth_token": "12345"}})
        async with realtime_server(options) as running:
            for name, (head, data) in BROKEN.items():
                await send_broken(running, head, data)
                assert (await running.get("/healthz"))[0] == 200
                await running.server.sessions.wait_until_empty()
                lines = [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
                assert (name, lines) == (name, [])

    asyncio.run(run())
