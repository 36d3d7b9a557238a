"""The open file descriptors of this process; known on Linux only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_FOLDER = Path("/proc/self/fd")


def open_descriptors() -> Iterator[tuple[str, str]]:
    """Yield the number and target of each open descriptor: a path, or for example `socket:[1234]`."""
    if not _FOLDER.is_dir():
        return
    for descriptor in os.listdir(_FOLDER):
        try:
            yield descriptor, os.readlink(_FOLDER / descriptor)
        except OSError:  # closed in the meantime
            continue
