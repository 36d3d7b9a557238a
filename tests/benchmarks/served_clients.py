"""Clients of a server under load: they speak for three seconds, listen for three, and so on."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from pathlib import Path
from typing import Any

from figures import spread
from scripted_work import FRAME_SECONDS
from served_dialects import Dialect
from websockets.asyncio.client import ClientConnection, connect

_LEAD = 0.3
"""Seconds of sound that the server sends before they are due."""
_WARM_UP = 8.0


class _Client:
    """One conversation, and when each piece of the bot's sound came."""

    def __init__(self, connection: ClientConnection, dialect: Dialect) -> None:
        self._connection = connection
        self._dialect = dialect
        self._pieces: list[tuple[float, float]] = []
        """When a piece of the response came, and its position in seconds."""
        self._position = 0.0
        self.late: list[float] = []
        self.responses = 0
        self.sound = 0.0

    async def speak(self, messages: list[str | bytes], number: int) -> None:
        due = time.perf_counter()
        while True:
            due += FRAME_SECONDS
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await self._connection.send(messages[number % len(messages)])
            number += 1

    async def listen(self) -> None:
        async for message in self._connection:
            if (seconds := self._dialect.seconds(message)) > 0:
                self._pieces.append((time.perf_counter(), self._position))
                self._position += seconds
                self.sound += seconds
            elif self._dialect.ends(message):
                self.note()

    def note(self) -> None:
        """Compare when the pieces came with the steadiest course of sound, beyond what is sent in advance."""
        steady = [at - position for at, position in self._pieces if position > _LEAD + 0.1]
        if steady:
            self.late += [each - min(steady) for each in steady]
            self.responses += 1
        self._pieces, self._position = [], 0.0

    def forget(self) -> None:
        """Begin to measure."""
        self.late.clear()
        self.responses, self.sound = 0, 0.0


async def measure(dialect: Dialect, pid: int, port: int, count: int, seconds: float) -> dict[str, Any]:
    """Hold `count` conversations, and watch them and the process of the server for a time."""
    sent, url = dialect.messages(), f"ws://127.0.0.1:{port}{dialect.path}"
    async with contextlib.AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        clients = []
        running = []
        for number in range(count):
            options: dict[str, Any] = {
                "max_queue": None,
                "compression": None,
                "open_timeout": 60,
                "close_timeout": 0.1,
            }
            connection = await stack.enter_async_context(connect(url, **options))
            client = _Client(connection, dialect)
            clients.append(client)
            running.append(tasks.create_task(client.speak(sent, number * len(sent) // count)))
            running.append(tasks.create_task(client.listen()))
        own_lag: list[float] = []
        running.append(tasks.create_task(_watch(own_lag)))
        await asyncio.sleep(_WARM_UP)
        for client in clients:
            client.forget()
        own_lag.clear()
        cpu, wall = _cpu_seconds(pid), time.perf_counter()
        await asyncio.sleep(seconds)
        cpu, wall = _cpu_seconds(pid) - cpu, time.perf_counter() - wall
        for client in clients:
            client.note()
        result = {
            "conversations": count,
            "cpu_ms_per_second": round(cpu / wall / count * 1000, 2),
            "cpu_pct": round(cpu / wall * 100, 1),
            "late_ms": spread([late for client in clients for late in client.late]),
            "generator_late_ms": spread(own_lag),
            "responses": sum(client.responses for client in clients),
            "sound_pct": round(sum(client.sound for client in clients) / wall / count * 100, 1),
            "rss_mb": round(_resident_bytes(pid) / 1e6, 1),
        }
        for task in running:
            task.cancel()
    return result


async def _watch(lag: list[float]) -> None:
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.01)
        lag.append(time.perf_counter() - before - 0.01)


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
