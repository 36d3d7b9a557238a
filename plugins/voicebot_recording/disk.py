"""Whether recordings can be written to their folder, without writing one."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from voicebot import Finding

_MEGABYTE = 1_000_000
_ENOUGH = 1_000
"""Megabytes besides those that stay free, below which there is a warning: some hours of sound."""
_ELSEWHERE = "choose another `record.folder`"


def writable_part(folder: Path) -> Path:
    """Return the part of a folder's path that exists, after checking that recordings can be made in it.

    Raises:
        OSError: nothing can be written to it.
    """
    while not folder.exists():
        folder = folder.parent
    with tempfile.TemporaryFile(dir=folder):
        return folder


def folder_finding(folder: Path, min_free: int) -> Finding:
    """Return whether a folder, which may not exist yet, can take recordings.

    Args:
        min_free: megabytes that have to stay free.
    """
    try:
        there = writable_part(folder)
        free = shutil.disk_usage(there).free // _MEGABYTE
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"nothing can be written to '{folder}': {reason}"
        return _problem(message, f"let the user who runs the bot write there, or {_ELSEWHERE}")
    room = f"{free:,} MB are free for recordings in '{folder}'"
    if free < min_free:
        message = f"{room}, fewer than the {min_free:,} that have to stay free (`record.min_free`)"
        return _problem(message, f"make room, or {_ELSEWHERE}")
    if free < min_free + _ENOUGH:
        message = f"{room}; recordings end when {min_free:,} are left (`record.min_free`)"
        return Finding("recordings", "warning", message, f"make room, or {_ELSEWHERE}")
    return Finding("recordings", "ok", room)


def _problem(message: str, remedy: str) -> Finding:
    return Finding("recordings", "problem", message, remedy)
