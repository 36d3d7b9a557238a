"""The config of HAProxy that the project has, with a real HAProxy in front of real servers."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import statistics
import subprocess
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from .returning_client import ReturningClient
from .workers import free_port, workers

CONFIG = Path(__file__).parents[4] / "configs" / "deploy" / "haproxy" / "haproxy.cfg"


def haproxy() -> str:
    found = shutil.which("haproxy", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        pytest.skip("haproxy is not installed; Debian's package of that name has it")
    return found


def addresses(port: int, first: int, second: int) -> dict[str, str]:
    names = {"BIND": port, "WORKER_1": first, "WORKER_2": second}
    return {**os.environ, **{name: f"127.0.0.1:{each}" for name, each in names.items()}}


@asynccontextmanager
async def proxy(first: int, second: int) -> AsyncGenerator[str, None]:
    """Run HAProxy in front of the servers at two ports; yield the address of the bot."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        haproxy(),
        "-db",
        "-f",
        str(CONFIG),
        env=addresses(port, first, second),
        stdout=subprocess.DEVNULL,
    )
    try:
        yield f"ws://127.0.0.1:{port}/v1/realtime"
    finally:
        assert process.returncode is None
        process.kill()
        await process.wait()


def clients(count: int, url: str, lines: int) -> list[ReturningClient]:
    return [
        ReturningClient([url], [f"Line {number} from client {at}" for number in range(1, lines + 1)])
        for at in range(count)
    ]


def test_haproxy_takes_the_config_without_a_warning() -> None:
    command = [haproxy(), "-c", "-f", str(CONFIG)]
    checked = subprocess.run(
        command, env=addresses(8080, 8081, 8082), capture_output=True, text=True, check=False
    )
    said = f"{checked.stdout}{checked.stderr}"
    assert checked.returncode == 0, said
    assert "WARNING" not in said


def test_haproxy_starts_before_the_servers_have_an_address() -> None:
    command = [haproxy(), "-c", "-f", str(CONFIG)]
    env = {**addresses(8080, 8081, 8082), "WORKER_1": "worker-1.invalid:8080"}
    assert subprocess.run(command, env=env, capture_output=True, check=False).returncode == 0


@pytest.mark.slow
def test_clients_that_need_no_store_are_let_in_while_it_is_away_for_all_servers() -> None:
    """Both servers say by `/readyz` that they have no store, and live."""
    checks: Counter[tuple[int, str]] = Counter()
    is_checked = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        checks[writer.get_extra_info("sockname")[1], path] += 1
        unready = [count for (_, asked), count in checks.items() if asked == "/readyz"]
        if len(unready) == 2 and min(unready) >= 4:  # both are down after two, whatever came in between
            is_checked.set()
        status = "503 No" if path == "/readyz" else "200 OK"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok".encode())
        writer.close()

    async def run() -> bytes:
        async with (
            await asyncio.start_server(answer, "127.0.0.1", 0) as one,
            await asyncio.start_server(answer, "127.0.0.1", 0) as other,
        ):
            ports = [each.sockets[0].getsockname()[1] for each in (one, other)]
            async with proxy(*ports) as url:
                await is_checked.wait()
                reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
                writer.write(b"GET /v1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                status = await reader.readline()
                writer.close()
                return status

    assert b" 200 " in asyncio.run(run())


@pytest.mark.slow
def test_a_server_that_drains_keeps_its_conversations_and_gets_no_more(redis) -> None:
    async def run() -> tuple[list[ReturningClient], list[ReturningClient], int]:
        async with workers(2, redis.url) as (first, second), proxy(first.port, second.port) as url:
            early, late = clients(100, url, 6), clients(10, url, 2)  # 50 on each
            async with asyncio.TaskGroup() as tasks:
                for client in early:
                    tasks.create_task(client.run(pause=1.0))
                for client in early:
                    await client.is_talking.wait()
                assert first.process is not None
                first.process.send_signal(signal.SIGTERM)
                for client in late:  # HAProxy does not know yet that the first one drains
                    tasks.create_task(client.run())
                status = await first.process.wait()
            return early, late, status

    early, late, status = asyncio.run(run())
    assert status == 0
    for client in (*early, *late):
        assert client.closed_with == []
        assert client.refused == 0
    assert all(client.answers == Counter(range(1, 7)) for client in early)
    assert all(client.answers == Counter((1, 2)) for client in late)


@pytest.mark.slow
def test_clients_of_a_killed_server_go_on_with_the_other_one(redis, record_property) -> None:
    async def run() -> list[ReturningClient]:
        async with workers(2, redis.url) as (first, second), proxy(first.port, second.port) as url:
            talking = clients(50, url, 8)
            async with asyncio.TaskGroup() as tasks:
                for client in talking:
                    tasks.create_task(client.run(pause=0.5))
                for client in talking:
                    await client.is_talking.wait()
                await first.kill()
            return talking

    talked = asyncio.run(run())
    assert all(client.answers == Counter(range(1, 9)) for client in talked)
    assert all(client.refused == 0 for client in talked)
    absences = [each for client in talked for each in client.absences]
    assert 20 <= len(absences) <= 30  # HAProxy gives each server half of them
    figures = f"{len(absences)} returns: median {statistics.median(absences) * 1000:.0f} ms"
    print(figures)
    record_property("absences", figures)
