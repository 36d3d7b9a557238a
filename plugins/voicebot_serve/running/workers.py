"""Several processes that serve one address: started, kept running, and ended together."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

logger = logging.getLogger(__name__)
_VARIABLE = "VOICEBOT_SERVE_WORKER"
_FAILS_AT_ONCE = 5.0
"""Seconds; a worker that ends sooner would do so again."""
_PAUSE, _LONG_PAUSE = 0.5, 5.0
"""Seconds until a worker that has ended is started again; more if it could not start, such as with a config
that is being edited."""


class WorkerFailed(Exception):
    """A worker cannot serve; it has said why. `status` is its exit status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"a worker ended with status {status}")
        self.status = status


@dataclass(frozen=True, slots=True)
class WorkerPlace:
    """What a worker is told by its parent: socket, who the parent is, own number, and shared directory."""

    descriptor: int
    parent: int
    number: int
    directory: Path

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self | None:
        """Return the place of this process; None if it is no worker."""
        if (said := environ.get(_VARIABLE)) is None:
            return None
        descriptor, parent, number, directory = said.split(":", 3)
        return cls(int(descriptor), int(parent), int(number), Path(directory))

    @property
    def variable(self) -> dict[str, str]:
        """The variable from which a worker learns it."""
        return {_VARIABLE: f"{self.descriptor}:{self.parent}:{self.number}:{self.directory}"}

    @property
    def is_orphaned(self) -> bool:
        """Whether the parent is gone."""
        return os.getppid() != self.parent


async def supervise(count: int, arguments: Sequence[str], listening: socket.socket, directory: Path) -> None:
    """Run workers until a signal comes, which each of them gets; one that ends otherwise is started again.

    Args:
        arguments: those of `voicebot`.
        directory: what they share.

    Raises:
        WorkerFailed: one ended as soon as it was started.
    """
    running: set[asyncio.subprocess.Process] = set()
    stopping = asyncio.Event()

    def stop(signal_number: int) -> None:
        stopping.set()
        for process in running:
            process.send_signal(signal_number)

    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)
    for each in signals:
        loop.add_signal_handler(each, stop, each)
    try:
        async with asyncio.TaskGroup() as tasks:
            for number in range(1, count + 1):
                place = WorkerPlace(listening.fileno(), os.getpid(), number, directory)
                tasks.create_task(_keep(arguments, place, running, stopping), name=f"worker {number}")
    except* WorkerFailed as failed:
        raise failed.exceptions[0] from None
    finally:
        for each in signals:
            loop.remove_signal_handler(each)


async def _keep(
    arguments: Sequence[str],
    place: WorkerPlace,
    running: set[asyncio.subprocess.Process],
    stopping: asyncio.Event,
) -> None:
    time = asyncio.get_running_loop().time
    has_served = False
    while not stopping.is_set():
        began = time()
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "voicebot",
            *arguments,
            env={**os.environ, **place.variable},
            pass_fds=[place.descriptor],
            start_new_session=True,  # Ctrl-C is for the parent, which passes it on
        )
        running.add(process)
        try:
            if stopping.is_set():
                process.terminate()
            status = await process.wait()
        finally:
            running.discard(process)
            if process.returncode is None:
                process.kill()
                await process.wait()
        if stopping.is_set():
            return
        fails = time() - began < _FAILS_AT_ONCE and status > 0
        if fails and not has_served:
            raise WorkerFailed(status)
        has_served = True
        logger.warning("a worker ended with status %d and is started again", status)
        await asyncio.sleep(_LONG_PAUSE if fails else _PAUSE)
