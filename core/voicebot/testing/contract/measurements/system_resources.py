"""What a provider leaves in the system: processes, open files and pipes, and temporary files."""

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
"""Seconds within which what was begun has ended: a process that was told to end may take a while."""
_AWAITS = 6
"""Uses that are cancelled at one of their awaits: each leaves something, and one may be a coincidence."""
_LONG_USES = 4
_LEAST = 6
_PARTS = (0.3, 0.5, 0.7, 0.9)
"""Parts of the time that a use takes, after which it is cancelled: much may be done within one await."""
_SHOWN = 5
_OTHERS = ("socket:", "anon_inode:", "/dev/", "/proc/", "/sys/", "/memfd:")
"""Descriptors that are no files: sockets are looked after elsewhere, and devices stay open."""


@dataclass(frozen=True)
class SystemResources:
    """What there is at a moment."""

    temporary: Path
    """The folder in which temporary files are made."""
    processes: frozenset[str] = field(default_factory=lambda: frozenset(_processes()))
    descriptors: frozenset[str] = field(default_factory=lambda: frozenset(_descriptors()))
    files: frozenset[str] = frozenset()

    @classmethod
    def now(cls, temporary: Path) -> SystemResources:
        """Return what there is now."""
        found = frozenset(f"temporary file {path}" for path in sorted(temporary.rglob("*")))
        return cls(temporary, files=found)

    def more_processes(self, before: SystemResources) -> list[str]:
        """Return the processes that were not there before."""
        return sorted(self.processes - before.processes)

    def more_files(self, before: SystemResources, most: int) -> list[str]:
        """Return the open files and the temporary files of which there are by more than `most` more."""
        more = []
        for now, then in ((self.descriptors, before.descriptors), (self.files, before.files)):
            if len(now) - len(then) > most:
                more += sorted(now - then)
        return more


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Have temporary files made in a folder of our own, here and in processes that are begun."""
    kept, told = tempfile.tempdir, os.environ.get("TMPDIR")
    with tempfile.TemporaryDirectory(prefix="voicebot-contract-", ignore_cleanup_errors=True) as folder:
        tempfile.tempdir = os.environ["TMPDIR"] = folder
        try:
            yield Path(folder)
        finally:
            tempfile.tempdir = kept
            if told is None:
                os.environ.pop("TMPDIR", None)
            else:
                os.environ["TMPDIR"] = told


async def ensure_released(left: Callable[[], list[str]], after: str) -> None:
    """Insist that nothing is left, a while after something happened."""
    if found := await poll_until_empty(left, _LIMIT):
        raise Unmet(
            f"no process, open file or temporary file left {_LIMIT:g} s after {after}",
            ", ".join(found[:_SHOWN]) + (f" and {len(found) - _SHOWN} more" if found[_SHOWN:] else ""),
        )


async def check_closing(cycle: Callable[[], Awaitable[None]], temporary: Path) -> None:
    """Insist that a provider that is started, used and closed leaves nothing, time and again.

    What is had once and for all, such as a file that a library keeps open, is no fault.
    """
    begin = SystemResources.now(temporary)
    await cycle()
    await ensure_released(lambda: SystemResources.now(temporary).more_processes(begin), "closing")
    before = SystemResources.now(temporary)
    await cycle()
    if not SystemResources.now(temporary).more_files(before, 0):
        return
    await cycle()
    await ensure_released(lambda: SystemResources.now(temporary).more_files(before, 1), "closing")


async def check_cancelling(
    use: Use, long_use: Callable[[int], LongUse], temporary: Path, enough: float
) -> str:
    """Insist that uses that are cancelled leave no more behind than whole ones do.

    Return what was not tried, because it took more than `enough` seconds.

    Args:
        use: a brief one, which may be over before it is cancelled.
        long_use: one that goes on for long after its midst, so that what it began does not end by itself;
            another for each number.
    """
    loop = asyncio.get_running_loop()
    await use()
    began = loop.time()
    awaits = spread(await suspensions(use()), _AWAITS)
    took = loop.time() - began
    idle = SystemResources.now(temporary)
    cancelled: list[Callable[[], Awaitable[None]]] = [
        *(partial(_long_one, long_use, number) for number in range(_LONG_USES)),
        *(partial(_at_an_await, use, awaits[n % len(awaits)]) for n in range(_AWAITS if awaits else 0)),
        *(partial(_after_a_while, use, took * part) for part in _PARTS),
    ]
    tried = 0
    while tried < len(cancelled) and (tried < _LEAST or loop.time() < began + enough):
        await cancelled[tried]()
        tried += 1
    where = "uses that were cancelled"
    await ensure_released(lambda: _surplus(SystemResources.now(temporary), idle), where)
    more = len(cancelled) - tried
    return f"it is slow, so that {tried} of {len(cancelled)} uses were cancelled" if more else ""


async def _long_one(use: Callable[[int], LongUse], number: int) -> None:
    await cancel_midway(use(number))


async def _at_an_await(use: Use, at: int) -> None:
    await cancel_after(Suspensions(use(), at))


async def _after_a_while(use: Use, seconds: float) -> None:
    await cancel_after(use(), seconds)


def _surplus(now: SystemResources, idle: SystemResources) -> list[str]:
    """Return what there is more of; a process or a file may have been replaced by another."""
    children = now.more_processes(idle) if len(now.processes) > len(idle.processes) else []
    return [*children, *now.more_files(idle, 1)]


def _processes() -> list[str]:
    return [
        f"process {number} ({name})"
        for number, _, name in (p.identity for p in child_processes.descendants())
    ]


def _descriptors() -> list[str]:
    return [
        f"descriptor {number} of {target}"
        for number, target in open_descriptors()
        if not target.startswith(_OTHERS)
    ]
