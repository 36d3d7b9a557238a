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

import pytest

from .returning_client import ReturningClient
from .workers import Worker, free_port, workers

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
async def proxy(first: Worker, second: Worker) -> AsyncGenerator[str, None]:
    """Run HAProxy in front of two servers; yield the address of the bot."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        haproxy(),
        "-db",
        "-f",
        str(CONFIG),
        env=addresses(port, first.port, second.port),
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
def test_a_server_that_drains_keeps_its_conversations_and_gets_no_more(redis) -> None:
    async def run() -> tuple[list[ReturningClient], list[ReturningClient], int]:
        async with workers(2, redis.url) as (first, second), proxy(first, second) as url:
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
        async with workers(2, redis.url) as (first, second), proxy(first, second) as url:
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
