"""The config of HAProxy that the project has, with a real HAProxy."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from .returning_client import ReturningClient
from .workers import free_port, workers

CONFIG = Path(__file__).parents[4] / "configs" / "deploy" / "haproxy.cfg"


def haproxy() -> str:
    found = shutil.which("haproxy", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        pytest.skip("haproxy is not installed; Debian's package of that name has it")
    return found


def addresses(port: int, first: int, second: int) -> dict[str, str]:
    names = {"BIND": port, "WORKER_1": first, "WORKER_2": second}
    return {**os.environ, **{name: f"127.0.0.1:{each}" for name, each in names.items()}}


def test_haproxy_takes_the_config_without_a_warning() -> None:
    command = [haproxy(), "-c", "-f", str(CONFIG)]
    checked = subprocess.run(
        command, env=addresses(8080, 8081, 8082), capture_output=True, text=True, check=False
    )
    said = f"{checked.stdout}{checked.stderr}"
    assert checked.returncode == 0, said
    assert "WARNING" not in said


@pytest.mark.slow
def test_clients_behind_haproxy_survive_a_killed_server_and_a_drained_one(redis) -> None:
    async def run() -> list[ReturningClient]:
        port = free_port()
        async with workers(2, redis.url) as (first, second):
            proxy = await asyncio.create_subprocess_exec(
                haproxy(),
                "-db",
                "-f",
                str(CONFIG),
                env=addresses(port, first.port, second.port),
                stdout=subprocess.DEVNULL,
            )
            try:
                url = f"ws://127.0.0.1:{port}/v1/realtime"
                talking = [
                    ReturningClient([url], [f"Line {n} of {at}" for n in range(1, 1000)]) for at in range(20)
                ]
                async with asyncio.TaskGroup() as tasks:
                    for client in talking:
                        tasks.create_task(client.run(pause=0.2))
                    for client in talking:
                        await client.is_talking.wait()
                    await first.kill()
                    back = [asyncio.create_task(client.has_returned.wait()) for client in talking]
                    await asyncio.wait(back, return_when=asyncio.FIRST_COMPLETED)
                    for waiting in back:
                        waiting.cancel()
                    await first.start()
                    assert second.process is not None
                    second.process.send_signal(signal.SIGTERM)
                    for client in talking:
                        client.has_had_enough = True
            finally:
                assert proxy.returncode is None
                proxy.kill()
                await proxy.wait()
            return talking

    talked = asyncio.run(run())
    assert all(client.answers == Counter(range(1, client.finished + 1)) for client in talked)
    assert all(len(client.closed_with) <= 1 for client in talked)  # those on the drained one were not cut
