"""Files that only their owner can read, and that are whole up to what was written last."""

from __future__ import annotations

import os
from pathlib import Path

_OWNER_ONLY = 0o600


def create(path: Path) -> int:
    """Create a file; return its descriptor, open for reading and writing. Raise `OSError` if that fails."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.open(path, flags, _OWNER_ONLY)


def write(file: int, content: bytes) -> None:
    """Hand all of the content to the system, so that it is kept if this process is killed."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(file, rest) :]
