"""The processes that this one began, and those that these began; known on Linux alone."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

_PROCESSES = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_PARENT, _TIMES, _BEGAN = 3, slice(13, 17), 21
"""Places of the fields in a process's `stat`, counted from 0."""

excluded: set[int] = set()
"""Processes that the contract itself began: a relay."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process at a moment; its number and its beginning together are its identity."""

    number: int
    parent: int
    began: int
    name: str
    processor: float
    """Seconds of the processor's time that it and the processes that it waited for have used."""

    @property
    def identity(self) -> tuple[int, int, str]:
        """What stays as it is, while the processor's time goes on."""
        return self.number, self.began, self.name


def descendants() -> list[Process]:
    """Return the descendants of this process that live, or died and were not waited for."""
    found = {process.number: process for process in _all()} if _PROCESSES.joinpath("self").exists() else {}
    descendants: list[Process] = []
    parents = {os.getpid()}
    hidden = excluded | _pythons_own()
    while parents:
        children = [p for p in found.values() if p.parent in parents and p.number not in hidden]
        descendants += children
        parents = {child.number for child in children}
    return descendants


def _pythons_own() -> set[int]:
    """Return the process that tidies up behind `multiprocessing`, which lives as long as this one."""
    tracker = getattr(sys.modules.get("multiprocessing.resource_tracker"), "_resource_tracker", None)
    return {number} if (number := getattr(tracker, "_pid", None)) else set()


def _all() -> list[Process]:
    found = []
    for entry in os.listdir(_PROCESSES):
        if not entry.isdecimal():
            continue
        try:
            line = (_PROCESSES / entry / "stat").read_text(errors="replace")
        except OSError:  # it ended while we looked
            continue
        name, rest = line[line.index("(") + 1 : line.rindex(")")], line[line.rindex(")") + 2 :].split()
        fields = ["", name, *rest]
        processor = sum(map(int, fields[_TIMES])) / _TICKS
        found.append(Process(int(entry), int(fields[_PARENT]), int(fields[_BEGAN]), name, processor))
    return found
