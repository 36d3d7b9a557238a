"""Real servers, each a process of its own."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

_WORKER = Path(__file__).with_name("worker.py")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


class Worker:
    def __init__(self, store: str) -> None:
        self.port = free_port()
        self.store = store
        self.process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/v1/realtime"

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, _WORKER, str(self.port), self.store, stdout=asyncio.subprocess.PIPE
        )
        assert self.process.stdout is not None
        assert await self.process.stdout.readline() == b"ready\n"

    async def kill(self, sent: signal.Signals = signal.SIGKILL) -> int:
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(sent)
        return await self.process.wait()


@asynccontextmanager
async def workers(count: int, store: str) -> AsyncGenerator[list[Worker], None]:
    async with AsyncExitStack() as stack:
        made = [Worker(store) for _ in range(count)]
        for worker in made:
            await worker.start()
            stack.push_async_callback(worker.kill)
        yield made
