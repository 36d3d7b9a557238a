"""Files that are written whole or not at all: a full disk leaves no part of them, and none that is empty."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OWNER_ONLY, _BY_UMASK = 0o600, 0o666


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield a path to write to, which replaces `path` only if the block succeeds."""
    if not _can_be_replaced(path):  # a pipe, or what the system will refuse
        yield path
        return
    target = path.resolve()  # a link's target is replaced, not the link
    unfinished = target.with_name(f".part-{target.name}")  # the suffix may determine the format
    try:
        yield unfinished
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write a file whole or not at all; one that was there before stays if that fails.

    Args:
        private: whether only its owner can read it; otherwise, one that was there before keeps its mode.

    Raises:
        OSError: it cannot be written.
    """
    mode = _OWNER_ONLY if private else _BY_UMASK
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    with written_whole(path) as unfinished, open(os.open(unfinished, flags, mode), "wb") as file:
        file.write(content)
        if not private and path.is_file() and unfinished != path:
            shutil.copymode(path, unfinished)


def _can_be_replaced(path: Path) -> bool:
    if path.exists() and not (path.is_file() and os.access(path, os.W_OK)):
        return False
    return os.access(path.resolve().parent, os.W_OK)
