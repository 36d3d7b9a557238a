"""A folder of files by key, limited in size, that several processes can share.

The least recently used files are deleted first. A file is written under another name and then renamed, so
that no process ever reads half of one. Everything here blocks, so call it in threads.
"""

from __future__ import annotations

import logging
import os
import stat
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

logger = logging.getLogger(__name__)
_SUFFIX, _UNFINISHED = ".voice", ".unfinished"
_ABANDONED = 3600.0
"""Seconds after which the process that was writing an unfinished file must have died."""


def cache_folder() -> Path:
    """Return the folder for this user's caches."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "voicebot" / "Cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "voicebot"
    named = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(named) if os.path.isabs(named) else home / ".cache") / "voicebot"


class Store:
    """Keeps up to `max_bytes`; if reading or writing fails, logs one warning and carries on.

    Args:
        folder: created when it is needed, readable only by its owner.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._warned = False

    def read(self, key: str) -> bytes | None:
        """Return the data stored under a hexadecimal key, None if there is none."""
        path = self._path(key)
        try:
            stored = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            self._warn("read", error)
            return None
        with suppress(OSError):  # it may have been deleted meanwhile, or belong to another user
            os.utime(path)
        return stored

    def write(self, key: str, data: bytes) -> None:
        """Store data under a key, and delete old files to make room for it."""
        if len(data) > self._max_bytes:
            return
        unfinished = ""
        try:
            self._folder.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
            handle, unfinished = tempfile.mkstemp(_UNFINISHED, dir=self._folder)  # readable only by its owner
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(unfinished, self._path(key))
            with self._lock:
                self._make_room()
        except OSError as error:
            self._warn("written", error)
            if unfinished:
                with suppress(OSError):
                    os.unlink(unfinished)

    def remove(self, key: str) -> None:
        """Delete the data stored under a key."""
        with suppress(OSError):
            self._path(key).unlink()

    def _path(self, key: str) -> Path:
        assert key.isalnum()
        return self._folder / f"{key}{_SUFFIX}"

    def _make_room(self) -> None:
        files: list[tuple[float, int, str]] = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):  # another process may be making room too
                    status = entry.stat(follow_symlinks=False)
                    if entry.name.endswith(_SUFFIX):
                        files.append((status.st_mtime, status.st_size, entry.path))
                    elif entry.name.endswith(_UNFINISHED) and status.st_mtime < time.time() - _ABANDONED:
                        os.unlink(entry.path)
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= self._max_bytes:
                break
            with suppress(FileNotFoundError):
                os.unlink(path)
            total -= size

    def _warn(self, participle: str, error: OSError) -> None:
        if not self._warned:
            self._warned = True
            message = "sentences cannot be %s in %s: %s"
            logger.warning(message, participle, self._folder, error.strerror or error)
