"""The processes, open files, pipes and temporary files that a provider leaves behind."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from voicebot.testing.contract.failures import Unmet
from voicebot.testing.contract.measurements import child_processes
from voicebot.testing.contract.measurements.cancellation import (
    LongUse,
    Suspensions,
    Use,
    cancel_after,
    cancel_midway,
    spread,
    suspensions,
)
from voicebot.testing.contract.measurements.file_descriptors import open_descriptors
from voicebot.testing.contract.measurements.polling import poll_until_empty

_LIMIT = 2.0
"""Seconds within which everything has been released: a process that was told to end may take a while."""
_AWAITS = 6
"""Uses that are cancelled at one of their awaits: a leak shows in each, a coincidence in one."""
_LONG_USES = 4
_LEAST = 6
_PARTS = (0.3, 0.5, 0.7, 0.9)
"""Shares of the time a use takes after which it is cancelled: much may happen within one await."""
_SHOWN = 5
_NOT_FILES = ("socket:", "anon_inode:", "/dev/", "/proc/", "/sys/", "/memfd:")
"""Targets of descriptors that are not files: sockets are checked elsewhere, and devices stay open."""


@dataclass(frozen=True)
class SystemResources:
    """Processes, open files and temporary files at a moment."""

    temporary: Path
    """The folder for temporary files."""
    processes: frozenset[str] = field(default_factory=lambda: frozenset(_processes()))
    descriptors: frozenset[str] = field(default_factory=lambda: frozenset(_descriptors()))
    files: frozenset[str] = frozenset()

    @classmethod
    def now(cls, temporary: Path) -> SystemResources:
        """Return what there is now."""
        return cls(temporary, files=_files(temporary))

    @classmethod
    def files_now(cls, temporary: Path) -> SystemResources:
        """Return what files there are now, without looking for processes, which takes long."""
        return cls(temporary, processes=frozenset(), files=_files(temporary))

    def more_processes(self, before: SystemResources) -> list[str]:
        """Return the processes that were not there before."""
        return sorted(self.processes - before.processes)

    def more_files(self, before: SystemResources, most: int) -> list[str]:
        """Return the new open files or temporary files, if there are more than `most` more of them."""
        more = []
        for now, then in ((self.descriptors, before.descriptors), (self.files, before.files)):
            if len(now) - len(then) > most:
                more += sorted(now - then)
        return more


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Redirect temporary files to a folder of our own, in this process and its children."""
    tempdir, variable = tempfile.tempdir, os.environ.get("TMPDIR")
    with tempfile.TemporaryDirectory(prefix="voicebot-contract-", ignore_cleanup_errors=True) as folder:
        tempfile.tempdir = os.environ["TMPDIR"] = folder
        try:
            yield Path(folder)
        finally:
            tempfile.tempdir = tempdir
            if variable is None:
                os.environ.pop("TMPDIR", None)
            else:
                os.environ["TMPDIR"] = variable


async def ensure_released(left: Callable[[], list[str]], after: str) -> None:
    """Require that nothing is left a while after something happened."""
    if found := await poll_until_empty(left, _LIMIT):
        raise Unmet(
            f"no process, open file or temporary file left {_LIMIT:g} s after {after}",
            ", ".join(found[:_SHOWN]) + (f" and {len(found) - _SHOWN} more" if found[_SHOWN:] else ""),
        )


async def check_closing(cycle: Callable[[], Awaitable[None]], temporary: Path) -> None:
    """Require that starting, using and closing a provider repeatedly leaves nothing behind.

    What is kept once per process, such as a file that a library keeps open, is allowed.
    """
    begin = SystemResources.now(temporary)
    await cycle()
    await ensure_released(lambda: SystemResources.now(temporary).more_processes(begin), "closing")
    before = SystemResources.files_now(temporary)
    await cycle()
    if not SystemResources.files_now(temporary).more_files(before, 0):
        return
    await cycle()
    await ensure_released(lambda: SystemResources.files_now(temporary).more_files(before, 1), "closing")


async def check_cancelling(
    use: Use, long_use: Callable[[int], LongUse], temporary: Path, enough: float
) -> str:
    """Require that cancelled uses leave no more behind than complete ones.

    Return a note on what was left out after `enough` seconds, or an empty string.

    Args:
        use: a brief use, which may end before it is cancelled.
        long_use: a use that runs for long after its midpoint, so that what it starts does not end by itself;
            a different one for each number.
    """
    loop = asyncio.get_running_loop()
    await use()
    began = loop.time()
    awaits = spread(await suspensions(use()), _AWAITS)
    took = loop.time() - began
    idle = SystemResources.now(temporary)
    cancelled: list[Callable[[], Awaitable[None]]] = [
        *(partial(_cancel_long_use, long_use, number) for number in range(_LONG_USES)),
        *(partial(_cancel_at_await, use, awaits[n % len(awaits)]) for n in range(_AWAITS if awaits else 0)),
        *(partial(_cancel_later, use, took * part) for part in _PARTS),
    ]
    tried = 0
    while tried < len(cancelled) and (tried < _LEAST or loop.time() < began + enough):
        await cancelled[tried]()
        tried += 1
    where = "uses that were cancelled"
    await ensure_released(lambda: _additional(SystemResources.now(temporary), idle), where)
    more = len(cancelled) - tried
    return f"it is slow, so only {tried} of {len(cancelled)} uses were cancelled" if more else ""


async def _cancel_long_use(use: Callable[[int], LongUse], number: int) -> None:
    await cancel_midway(use(number))


async def _cancel_at_await(use: Use, at: int) -> None:
    await cancel_after(Suspensions(use(), at))


async def _cancel_later(use: Use, seconds: float) -> None:
    await cancel_after(use(), seconds)


def _additional(now: SystemResources, idle: SystemResources) -> list[str]:
    """Return what there is more of; one process or file may have replaced another."""
    children = now.more_processes(idle) if len(now.processes) > len(idle.processes) else []
    return [*children, *now.more_files(idle, 1)]


def _files(temporary: Path) -> frozenset[str]:
    return frozenset(f"temporary file {path}" for path in sorted(temporary.rglob("*")))


def _processes() -> list[str]:
    return [
        f"process {number} ({name})"
        for number, _, name in (p.identity for p in child_processes.descendants())
    ]


def _descriptors() -> list[str]:
    return [
        f"descriptor {number} of {target}"
        for number, target in open_descriptors()
        if not target.startswith(_NOT_FILES)
    ]
