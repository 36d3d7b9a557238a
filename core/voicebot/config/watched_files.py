"""Waiting until one of a config's files is saved.

A handful of files is looked at five times a second. That takes less of a core than can be measured, needs no
library, and notices whatever an editor does: it writes the file, or another that gets its name. It also works
where the system reports no changes, such as for network drives and directories of containers.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Iterable
from pathlib import Path
from typing import TypeAlias

_INTERVAL = 0.2
_QUIET = 0.05
"""Seconds without another change after which a file counts as saved."""
_State: TypeAlias = tuple[int, int, int] | None


class WatchedFiles:
    """Files, with their states when they were read last; some may not exist."""

    def __init__(self, files: Iterable[Path]) -> None:
        self._states = _states(files)

    def use(self, files: Iterable[Path]) -> None:
        """Watch these files, of which those that are new have just been read."""
        self._states = _states(files) | {
            file: state for file, state in self._states.items() if file in set(files)
        }

    def add(self, files: Iterable[Path]) -> None:
        """Watch these files too; they have just been read."""
        self._states = _states(files) | self._states

    async def saved(self) -> AsyncGenerator[None, None]:
        """Yield whenever a file has changed, appeared or gone, forever."""
        while True:
            await asyncio.sleep(_INTERVAL)
            if await self._take_changes():
                is_changing = True
                while is_changing:  # it may still be written
                    await asyncio.sleep(_QUIET)
                    is_changing = await self._take_changes()
                yield

    async def _take_changes(self) -> bool:
        """Return whether a file has changed, and record its state; a network drive may take long."""
        before = self._states
        now = await asyncio.to_thread(_states, before)
        if before is not self._states:  # others are watched since
            return False
        self._states = now
        return now != before


def _states(files: Iterable[Path]) -> dict[Path, _State]:
    return {file: _state(file) for file in files}


def _state(file: Path) -> _State:
    """Return what is different after a file was written or replaced; None if there is none."""
    try:
        found = os.stat(file)
    except (OSError, ValueError):
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
