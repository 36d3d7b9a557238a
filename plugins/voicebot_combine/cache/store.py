"""A folder of files by key, bounded, which several processes may share: what was not used for longest goes.

A file is written under another name and renamed, so that nobody ever reads half of one. All of this waits
for the disk, so it is called in threads.
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
"""Seconds after which an unfinished file is that of a process which ended in the middle."""


def cache_folder() -> Path:
    """Return the folder for what programs of this user may keep and could do without."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "voicebot" / "Cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "voicebot"
    named = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(named) if os.path.isabs(named) else home / ".cache") / "voicebot"


class Store:
    """Keeps at most `most` bytes; a disk that refuses is warned of once, and nothing is kept then.

    Args:
        folder: made when it is needed, for its owner alone.
    """

    def __init__(self, folder: Path, most: int) -> None:
        self._folder = folder
        self._most = most
        self._lock = threading.Lock()
        self._warned = False

    def read(self, key: str) -> bytes | None:
        """Return what is kept under a key (hexadecimal), None if there is nothing."""
        path = self._path(key)
        try:
            stored = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            self._warn("read", error)
            return None
        with suppress(OSError):  # it may have been taken away meanwhile, or be somebody else's
            os.utime(path)
        return stored

    def write(self, key: str, data: bytes) -> None:
        """Keep data under a key, and take away what is then too much."""
        if len(data) > self._most:
            return
        unfinished = ""
        try:
            self._folder.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
            handle, unfinished = tempfile.mkstemp(_UNFINISHED, dir=self._folder)  # its owner's alone
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
        """Take away what is kept under a key."""
        with suppress(OSError):
            self._path(key).unlink()

    def _path(self, key: str) -> Path:
        assert key.isalnum()
        return self._folder / f"{key}{_SUFFIX}"

    def _make_room(self) -> None:
        kept: list[tuple[float, int, str]] = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):  # another process makes room too
                    about = entry.stat(follow_symlinks=False)
                    if entry.name.endswith(_SUFFIX):
                        kept.append((about.st_mtime, about.st_size, entry.path))
                    elif entry.name.endswith(_UNFINISHED) and about.st_mtime < time.time() - _ABANDONED:
                        os.unlink(entry.path)
        size = sum(each for _, each, _ in kept)
        for _, each, path in sorted(kept):
            if size <= self._most:
                break
            with suppress(FileNotFoundError):
                os.unlink(path)
            size -= each

    def _warn(self, what: str, error: OSError) -> None:
        if not self._warned:
            self._warned = True
            logger.warning("sentences cannot be %s in %s: %s", what, self._folder, error.strerror or error)
