"""What a provider leaves behind: tasks, threads, and on Linux sockets."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field

from voicebot.testing.contract.failures import Unmet
from voicebot.testing.contract.measurements.file_descriptors import open_descriptors
from voicebot.testing.contract.measurements.polling import poll_until_empty

LIMIT = 0.25
"""Seconds within which a provider that was cancelled has stopped, and one that was closed has let go."""
_EXECUTOR = 2.0
_LOOPS_OWN = "asyncio_"


@dataclass(frozen=True)
class RuntimeResources:
    """What there is at a moment: the loop's tasks, the threads of this process, its sockets."""

    tasks: frozenset[asyncio.Task[object]] = field(default_factory=lambda: frozenset(asyncio.all_tasks()))
    threads: frozenset[threading.Thread] = field(default_factory=lambda: frozenset(_threads()))
    sockets: frozenset[str] = field(default_factory=lambda: frozenset(_sockets()))

    def left(self, before: RuntimeResources) -> str:
        """Return what there is beyond what was there before; nothing is an empty text."""
        tasks = sorted(f"task {task.get_name()!r}" for task in self.tasks - before.tasks)
        threads = sorted(f"thread {thread.name!r}" for thread in self.threads - before.threads)
        sockets = sorted(self.sockets - before.sockets)
        return ", ".join([*tasks, *threads, *sockets])

    def more_than(self, before: RuntimeResources, most: int) -> str:
        """Return what there is more of: tasks, or threads or sockets by more than `most`."""
        threads, sockets = len(self.threads) - len(before.threads), len(self.sockets) - len(before.sockets)
        if len(self.tasks) > len(before.tasks) or max(threads, sockets) > most:
            return self.left(before)
        return ""


async def ensure_nothing_left(before: RuntimeResources, after: str, limit: float = LIMIT) -> None:
    """Insist that nothing is left beyond `before`, a moment after something happened."""
    if left := await poll_until_empty(lambda: RuntimeResources().left(before), limit):
        raise Unmet(f"no task, thread or socket left {limit:g} s after {after}", left)


async def ensure_no_buildup(idle: RuntimeResources, uses: int, after: str) -> None:
    """Insist that there is no task more than while idle, and not as many threads or sockets more as uses.

    A pool may have replaced what it held, and may have grown; but not by one with each use.
    """
    if more := await poll_until_empty(
        lambda: RuntimeResources().more_than(idle, most=max(uses // 2, 4)), LIMIT
    ):
        raise Unmet(f"nothing more than before {LIMIT:g} s after {after}", more)


async def ensure_executor_idle() -> None:
    """Insist that the loop's own threads, which `asyncio.to_thread` uses, have nothing to do any more."""
    shutdown = asyncio.create_task(
        asyncio.get_running_loop().shutdown_default_executor(), name="contract: the loop's threads"
    )
    # Not `asyncio.timeout`: being cancelled, it would join the very thread that does not end.
    await asyncio.wait({shutdown}, timeout=_EXECUTOR)
    if not shutdown.done():
        raise Unmet("no work left in the loop's threads (`asyncio.to_thread`) after closing", "some goes on")


def _threads() -> list[threading.Thread]:
    """Return the threads that Python began; those of a library that only called us are the library's.

    The loop's own, of `asyncio.to_thread`, are asked after by `ensure_executor_idle`.
    """
    return [
        thread
        for thread in threading.enumerate()
        if type(thread).__name__ != "_DummyThread" and not thread.name.startswith(_LOOPS_OWN)
    ]


def _sockets() -> list[str]:
    return [f"socket {target}" for _, target in open_descriptors() if target.startswith("socket:")]
