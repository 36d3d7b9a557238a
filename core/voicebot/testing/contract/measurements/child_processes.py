"""The child processes of this process, and theirs; known on Linux only."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

_PROCESSES = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_PARENT, _TIMES, _STARTED = 3, slice(13, 17), 21
"""Positions of the fields in a process's `stat`, from 0."""

excluded: set[int] = set()
"""Ids of processes that the contract itself started, such as a relay."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process at a moment; its id and start time together identify it."""

    number: int
    parent: int
    started: int
    name: str
    processor: float
    """Processor time in seconds, of it and of the children it has waited for."""

    @property
    def identity(self) -> tuple[int, int, str]:
        """What does not change while the process runs."""
        return self.number, self.started, self.name


def descendants() -> list[Process]:
    """Return the descendants of this process that are running, or have ended but not been waited for."""
    found = {process.number: process for process in _all()} if _PROCESSES.joinpath("self").exists() else {}
    descendants: list[Process] = []
    parents = {os.getpid()}
    hidden = excluded | _resource_tracker()
    while parents:
        children = [p for p in found.values() if p.parent in parents and p.number not in hidden]
        descendants += children
        parents = {child.number for child in children}
    return descendants


def _resource_tracker() -> set[int]:
    """Return the id of multiprocessing's resource tracker, which lives as long as this process."""
    tracker = getattr(sys.modules.get("multiprocessing.resource_tracker"), "_resource_tracker", None)
    return {number} if (number := getattr(tracker, "_pid", None)) else set()


def _all() -> list[Process]:
    found = []
    for entry in os.listdir(_PROCESSES):
        if not entry.isdecimal():
            continue
        try:
            with open(f"{_PROCESSES}/{entry}/stat", "rb", buffering=0) as stat:
                line = stat.read().decode(errors="replace")
        except OSError:  # it has ended in the meantime
            continue
        name, rest = line[line.index("(") + 1 : line.rindex(")")], line[line.rindex(")") + 2 :].split()
        fields = ["", name, *rest]
        processor = sum(map(int, fields[_TIMES])) / _TICKS
        found.append(Process(int(entry), int(fields[_PARENT]), int(fields[_STARTED]), name, processor))
    return found
