"""Reading the text of a config file, or explaining why there is none."""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path
from typing import TypeAlias

from voicebot.config.shipped import shipped_configs
from voicebot.config.suggestions import did_you_mean, joined, nearest, nearest_file

_LARGEST = 1_000_000  # bytes; a film named by mistake is not read into memory
_SYSTEM_DIRECTORIES = ("/proc/", "/sys/")
_SUFFIXES = (".yaml", ".yml")
_CONFIG = "config"
FileState: TypeAlias = tuple[int, int, int] | None
"""What is different after a file was written or replaced; None if there is none, or it is no regular file."""


class UnreadableError(Exception):
    """A file without readable text; the message says why, `line` and `column` where (0 without a file)."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


def file_state(file: Path) -> FileState:
    """Return the state of a file."""
    try:
        found = os.stat(file)
    except (OSError, ValueError):
        return None
    return (found.st_ino, found.st_mtime_ns, found.st_size) if stat.S_ISREG(found.st_mode) else None


def read_text(path: Path, *, pipes: bool = False, what: str = _CONFIG) -> str:
    """Return the text of a config file, without a byte order mark.

    Args:
        pipes: whether it may be a pipe, such as a shell's `<(...)`, whose end is waited for.
        what: what the file is, if not a config.

    Raises:
        UnreadableError: there is no such file, it is a directory, too large, binary, or cannot be read.
    """
    return _decode(read_bytes(path, _LARGEST, pipes=pipes, what=what), what)


def read_bytes(path: Path, largest: int, *, pipes: bool = False, what: str = _CONFIG) -> bytes:
    """Return the content of a file named by somebody else, without ever blocking.

    Raises:
        UnreadableError: as in `read_text`.
    """
    try:
        _refuse_others(path, what, pipes=pipes)
        with path.open("rb") as file:
            raw = file.read(largest + 1)
    except FileNotFoundError:
        raise UnreadableError(_no_such_file(path, what), 0, 0) from None
    except IsADirectoryError:
        raise UnreadableError(_directory(path, what)) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise UnreadableError(f"the file cannot be read: {reason or error}") from None
    if len(raw) > largest:
        size = f"{largest // 1_000_000} MB" if largest >= 1_000_000 else f"{largest // 1_000} kB"
        raise UnreadableError(f"the file is too large for a {what} (over {size})")
    return raw


def _refuse_others(path: Path, what: str, *, pipes: bool) -> None:
    """Raise if a path is not a regular file: reading it might block forever, or reveal secrets."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError
    if stat.S_ISFIFO(mode):
        if not pipes:
            raise UnreadableError("this is a pipe, not a file")
    elif not stat.S_ISREG(mode):
        raise UnreadableError("this is a device, not a file")
    elif os.path.realpath(path).startswith(_SYSTEM_DIRECTORIES):
        raise UnreadableError(f"this is a system file, not a {what}")


def siblings(directory: Path) -> list[str]:
    """Return the names of the YAML files in a directory, sorted."""
    try:
        return sorted(file.name for file in directory.iterdir() if file.suffix in _SUFFIXES)
    except OSError:
        return []


def _decode(raw: bytes, what: str) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # what PowerShell's `>` writes
        encoding = "utf-16"
    elif b"\0" in raw:
        raise UnreadableError(f"this is a binary file, not a {what} in YAML")
    else:
        encoding = "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace") if encoding == "utf-8-sig" else ""
        raise UnreadableError(
            f"the file is not text in UTF-8; save it as UTF-8, or check whether it is a {what}",
            before.count("\n") + 1,
            len(before) - before.rfind("\n"),
        ) from None


def _no_such_file(path: Path, what: str) -> str:
    if not os.path.isdir(path.parent):
        return f"no such file; there is no directory '{path.parent}'"
    advice = ""
    there, shipped = siblings(path.parent), shipped_configs() if what == _CONFIG else {}
    if meant := nearest_file(path.name, there):
        advice = f"; did you mean '{path.parent / meant}'?"
    elif there:
        advice = f"; its directory contains {_some(there)}"
    if path.stem in shipped or (path.parent != Path() and nearest(path.stem, shipped)):
        name = nearest(path.stem, shipped)
        begin = " Or" if meant else ";"
        advice += f"{begin} `voicebot init --from {name}` writes the config '{name}' that comes with voicebot"
    elif path.parent == Path() and shipped:
        near = "" if meant else did_you_mean(path.stem, shipped)
        advice += (
            f"{f'{near} The' if near else '; the'} configs that come with voicebot are {joined(shipped)}"
        )
    return f"no such file{advice}"


def _directory(path: Path, what: str) -> str:
    there = siblings(path)
    return f"this is a directory, not a {what}" + (f"; it contains {_some(there)}" if there else "")


def _some(names: list[str]) -> str:
    return joined(names) if len(names) <= 6 else f"{', '.join(names[:6])} and more"
