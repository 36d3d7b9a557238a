"""What file descriptors of this process lead to, where Linux tells."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_FOLDER = Path("/proc/self/fd")


def open_descriptors() -> Iterator[tuple[str, str]]:
    """Give the number of each open descriptor, and what it leads to: a path, or such as `socket:[1234]`."""
    if not _FOLDER.is_dir():
        return
    for descriptor in os.listdir(_FOLDER):
        try:
            yield descriptor, os.readlink(_FOLDER / descriptor)
        except OSError:  # closed while we looked
            continue
