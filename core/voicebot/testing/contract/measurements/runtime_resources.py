"""The tasks, threads and (on Linux) sockets that a provider leaves behind."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field

from voicebot.testing.contract.failures import Unmet
from voicebot.testing.contract.measurements.file_descriptors import open_descriptors
from voicebot.testing.contract.measurements.polling import poll_until_empty

LIMIT = 0.25
"""Seconds within which a cancelled provider has stopped, and a closed one has released its resources."""
_EXECUTOR = 2.0
_LOOP_THREADS = "asyncio_"


@dataclass(frozen=True)
class RuntimeResources:
    """The loop's tasks, this process's threads and its sockets, at a moment."""

    tasks: frozenset[asyncio.Task[object]] = field(default_factory=lambda: frozenset(asyncio.all_tasks()))
    threads: frozenset[threading.Thread] = field(default_factory=lambda: frozenset(_threads()))
    sockets: frozenset[str] = field(default_factory=lambda: frozenset(_sockets()))

    def left(self, before: RuntimeResources) -> str:
        """Describe what is there that was not there before; empty if there is nothing."""
        tasks = sorted(f"task {task.get_name()!r}" for task in self.tasks - before.tasks)
        threads = sorted(f"thread {thread.name!r}" for thread in self.threads - before.threads)
        sockets = sorted(self.sockets - before.sockets)
        return ", ".join([*tasks, *threads, *sockets])

    def more_than(self, before: RuntimeResources, most: int) -> str:
        """Describe what there is more of: any tasks, or over `most` more threads or sockets."""
        threads, sockets = len(self.threads) - len(before.threads), len(self.sockets) - len(before.sockets)
        if len(self.tasks) > len(before.tasks) or max(threads, sockets) > most:
            return self.left(before)
        return ""


async def ensure_nothing_left(before: RuntimeResources, after: str, limit: float = LIMIT) -> None:
    """Require that `limit` seconds after something happened there is nothing that was not there before."""
    if left := await poll_until_empty(lambda: RuntimeResources().left(before), limit):
        raise Unmet(f"no task, thread or socket left {limit:g} s after {after}", left)


async def ensure_no_buildup(idle: RuntimeResources, uses: int, after: str) -> None:
    """Require no more tasks than when idle, and no thread or socket more per use.

    A pool may have replaced what it holds, and may have grown, but not by one with each use.
    """
    if more := await poll_until_empty(
        lambda: RuntimeResources().more_than(idle, most=max(uses // 2, 4)), LIMIT
    ):
        raise Unmet(f"nothing more than before {LIMIT:g} s after {after}", more)


async def ensure_executor_idle() -> None:
    """Require the threads of the loop's executor, which `asyncio.to_thread` uses, to be idle."""
    shutdown = asyncio.create_task(
        asyncio.get_running_loop().shutdown_default_executor(), name="contract: the loop's threads"
    )
    # Not `asyncio.timeout`: when cancelled, it would join the very thread that does not end.
    await asyncio.wait({shutdown}, timeout=_EXECUTOR)
    if not shutdown.done():
        raise Unmet(
            "no work left in the loop's threads (`asyncio.to_thread`) after closing", "some still runs"
        )


def _threads() -> list[threading.Thread]:
    """Return the threads that Python started, not those of a library that merely called into Python.

    The threads of `asyncio.to_thread` are left to `ensure_executor_idle`.
    """
    return [
        thread
        for thread in threading.enumerate()
        if type(thread).__name__ != "_DummyThread" and not thread.name.startswith(_LOOP_THREADS)
    ]


def _sockets() -> list[str]:
    return [f"socket {target}" for _, target in open_descriptors() if target.startswith("socket:")]
