"""The relay forwards data until it is cut."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress

import pytest

from voicebot.testing.contract import relayed
from voicebot.testing.contract.measurements import child_processes
from voicebot.testing.contract.measurements.runtime_resources import RuntimeResources


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(100):
            writer.write(piece)
    writer.close()


def test_a_relay_forwards_until_it_is_cut_and_again_once_restored() -> None:
    async def scenario() -> None:
        server = await asyncio.start_server(_echo, "127.0.0.1", 0)
        with relayed("127.0.0.1", server.sockets[0].getsockname()[1]) as relay:
            reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
            writer.write(b"ahoy")
            assert await reader.readexactly(4) == b"ahoy"

            relay.cut()
            assert await _rest(reader) == b""
            other_reader, other = await asyncio.open_connection("127.0.0.1", relay.port)
            assert await _rest(other_reader) == b""

            relay.restore()
            third_reader, third = await asyncio.open_connection("127.0.0.1", relay.port)
            third.write(b"ahoy again")
            assert await third_reader.readexactly(10) == b"ahoy again"
            for each in (writer, other, third):
                each.close()
        server.close()
        await asyncio.sleep(0.01)  # for the echo to hang up

    asyncio.run(scenario())


def test_the_resources_of_a_relay_are_not_taken_for_the_providers() -> None:
    async def scenario() -> None:
        server = await asyncio.start_server(_echo, "127.0.0.1", 0)
        others = {process.number for process in child_processes.descendants()}
        with relayed("127.0.0.1", server.sockets[0].getsockname()[1]) as relay:
            before = RuntimeResources()
            assert {process.number for process in child_processes.descendants()} == others
            reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
            writer.write(b"ahoy")
            assert await reader.readexactly(4) == b"ahoy"
            now = RuntimeResources()
            # the provider's end of its connection, and the service's of the relay's
            assert (len(now.sockets - before.sockets), now.threads - before.threads) == (2, set())
            writer.close()
        server.close()
        await asyncio.sleep(0.01)  # for the echo to hang up

    asyncio.run(scenario())


def test_a_relay_ends_even_with_an_open_connection_that_is_not_read(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def send_for_ever(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            while True:
                connection.sendall(bytes(65_536))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        sending = threading.Thread(target=send_for_ever, args=(listener,))
        sending.start()
        with relayed("127.0.0.1", listener.getsockname()[1]) as relay:
            unread = socket.create_connection(("127.0.0.1", relay.port))
            assert unread.recv(1)
        sending.join()
        unread.close()
    assert capfd.readouterr().err == ""


async def _rest(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionError:
        return b""
