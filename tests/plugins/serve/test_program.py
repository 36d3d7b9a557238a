"""`voicebot serve` as a program: signals at every stage, and clients that are there when they come."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import websockets
from websockets.asyncio.client import connect

pytestmark = pytest.mark.slow  # each starts a process

_CONFIG = """\
extends: offline.yaml
serve: {farewell: We are closing.}
"""


@asynccontextmanager
async def program(folder: Path, *arguments: str) -> AsyncGenerator[asyncio.subprocess.Process, None]:
    """Run `voicebot serve` with a bot that needs no network."""
    config = folder / "bot.yaml"
    config.write_text(_CONFIG)
    command = [sys.executable, "-m", "voicebot", "serve", str(config), "--port", "0", *arguments]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def address_of(process: asyncio.subprocess.Process) -> str:
    """Return the address of the protocol, once the program has said that it serves."""
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    _, _, address = line.partition("http://")
    assert address, (line, await process.stderr.read() if process.stderr is not None else "")
    return f"ws://{address.strip()}v1/realtime"


async def ending_of(process: asyncio.subprocess.Process) -> tuple[int, str]:
    """Return the status and stderr at the end."""
    _, error = await process.communicate()
    assert process.returncode is not None
    return process.returncode, error.decode()


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_while_the_bot_starts_ends_the_program(
    number: signal.Signals, status: int, tmp_path: Path
) -> None:
    async def run() -> tuple[int, str]:
        async with program(tmp_path) as process:
            while not _handles(process.pid, signal.SIGTERM):  # noqa: ASYNC110 - only /proc tells
                await asyncio.sleep(0)
            process.send_signal(number)
            return await ending_of(process)

    code, error = asyncio.run(run())
    assert code in (status, -number)
    assert "Traceback" not in error


def _handles(pid: int, number: signal.Signals) -> bool:
    """Return whether a process has a handler for a signal."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("SigCgt:"):
            return bool(int(line.split()[1], 16) >> (number - 1) & 1)
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_an_idle_server_ends_it_at_once(number: signal.Signals, tmp_path: Path) -> None:
    async def run() -> tuple[int, str]:
        async with program(tmp_path) as process:
            await address_of(process)
            process.send_signal(number)
            return await ending_of(process)

    code, error = asyncio.run(run())
    assert code in (0, 130)
    assert error == ""


def test_sigterm_waits_for_a_conversation_and_a_second_one_does_not(tmp_path: Path) -> None:
    async def run() -> tuple[int, str]:
        async with (
            program(tmp_path, "--drain", "600") as process,
            connect(await address_of(process), max_queue=None) as client,
        ):
            await client.recv()
            process.send_signal(signal.SIGTERM)
            assert process.stderr is not None
            line = (await process.stderr.readline()).decode()
            assert "waiting up to 600 s for 1 conversations" in line
            await client.send(json.dumps({"type": "session.update", "session": {"type": "realtime"}}))
            async for message in client:
                if json.loads(message)["type"] == "session.updated":
                    break  # it is still served
            process.send_signal(signal.SIGTERM)
            with suppress(websockets.ConnectionClosed):
                while True:
                    await client.recv()
            return await ending_of(process)

    code, error = asyncio.run(run())
    assert code in (0, 143, -signal.SIGTERM)
    assert "Traceback" not in error


@pytest.mark.parametrize(("number", "drain"), [(signal.SIGTERM, "0"), (signal.SIGINT, "600")])
def test_conversations_are_ended_in_order_and_the_client_may_come_again(
    number: signal.Signals, drain: str, tmp_path: Path
) -> None:
    async def run() -> tuple[int | None, tuple[int, str]]:
        async with (
            program(tmp_path, "--drain", drain) as process,
            connect(await address_of(process), max_queue=None) as client,
        ):
            await client.recv()
            process.send_signal(number)
            with suppress(websockets.ConnectionClosed):
                while True:
                    await client.recv()
            return client.close_code, await ending_of(process)

    close_code, (code, error) = asyncio.run(run())
    assert close_code == 1012
    assert code in (0, 130)
    assert "Traceback" not in error


def test_two_workers_count_together_and_log_objects_with_the_conversation(tmp_path: Path) -> None:
    async def run() -> tuple[dict[str, float], str]:
        arguments = ("--workers", "2", "--log-format", "json", "-v")
        async with program(tmp_path, *arguments) as process:
            url = await address_of(process)
            while len(workers := _children(process.pid)) < 2:  # noqa: ASYNC110 - only /proc tells
                await asyncio.sleep(0.1)
            for idle in workers:  # a connection is accepted by the one that is quicker
                os.kill(idle, signal.SIGSTOP)
                for _ in range(4):
                    await _talk(url)
                os.kill(idle, signal.SIGCONT)
            total = 'voicebot_conversations_total{bot="bot",transport="realtime"}'
            ended = 'voicebot_conversations_ended_total{bot="bot",by="input"}'
            while (numbers := await _metrics(url)).get(ended, 0) < 8:  # noqa: ASYNC110 - within a second
                await asyncio.sleep(0.1)
            assert (numbers[total], numbers['voicebot_conversations{bot="bot"}']) == (8, 0)
            process.send_signal(signal.SIGTERM)
            return numbers, (await ending_of(process))[1]

    _, error = asyncio.run(run())
    lines = [json.loads(line) for line in error.splitlines()]
    began = [each for each in lines if each["message"].endswith("began")]
    assert len({each["conversation"] for each in began}) == 8
    assert len({each["process"] for each in lines}) == 2


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def _talk(url: str) -> None:
    async with connect(url, max_queue=None, open_timeout=60) as client:
        await client.recv()
        await client.send(json.dumps({"type": "session.update", "session": {"type": "realtime"}}))
        while json.loads(await client.recv())["type"] != "session.updated":
            pass


async def _metrics(url: str) -> dict[str, float]:
    """Return the samples of `/metrics`, as whichever worker is reached tells them."""
    host, _, port = url.removeprefix("ws://").partition("/")[0].partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET /metrics HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    text = (await reader.read()).decode().partition("\r\n\r\n")[2]
    writer.close()
    samples = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in samples}


def test_a_client_that_reads_nothing_does_not_keep_the_program_from_ending(tmp_path: Path) -> None:
    async def run() -> tuple[int, str]:
        async with program(tmp_path, "--drain", "1") as process:
            url = await address_of(process)
            host, _, port = url.removeprefix("ws://").partition("/")[0].partition(":")
            _, writer = await asyncio.open_connection(host, int(port), limit=1)
            writer.write(
                f"GET /v1/realtime HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
            )
            await writer.drain()
            process.send_signal(signal.SIGTERM)
            try:
                return await ending_of(process)
            finally:
                writer.close()

    code, error = asyncio.run(run())
    assert code == 0
    assert "Traceback" not in error
