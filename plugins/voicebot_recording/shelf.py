"""The folder of recordings: their names, and which of them are deleted when there are too many."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from pathlib import Path

from voicebot import ConversationInfo
from voicebot_recording.format import CONFIG, EVENTS, HEADER, SOUND
from voicebot_recording.options import RecordOptions

logger = logging.getLogger(__name__)
MEGABYTE = 1_000_000
_DAY = 86_400.0
_IN_USE = 120.0
"""Seconds since the last change of a recording within which it may still grow."""
_FILES = (CONFIG, SOUND, EVENTS)
"""What is deleted of a recording, its event log last: a folder without one is no recording."""
_UNSAFE = re.compile(r"[^\w-]+")
_FIRST_LINE = f'{{"type":"{HEADER}"'.encode()


def folder_for(folder: Path, info: ConversationInfo) -> Path:
    """Return the folder for a conversation's recording, which does not exist yet."""
    name = f"{info.started:%Y%m%dT%H%M%SZ}-{_UNSAFE.sub('-', info.id)[:12] or 'conversation'}"
    names = (name, *(f"{name}-{number}" for number in range(2, 10_000)))
    return next(path for each in names if not (path := folder / each).exists())


def recordings_in(folder: Path) -> Iterator[Path]:
    """Yield the recordings in a folder, in no order."""
    for events in folder.glob(f"*/{EVENTS}"):
        try:
            with events.open("rb") as log:
                if log.read(len(_FIRST_LINE)) == _FIRST_LINE:
                    yield events.parent
        except OSError:  # deleted meanwhile, or another user's
            continue


def tidy(options: RecordOptions) -> None:
    """Delete what is too old, and the oldest while all recordings together are too large.

    Recordings that have grown lately are left alone, and so is any file that is not a recording's.
    """
    now = time.time()
    found = sorted((_changed(path), path, _size(path)) for path in recordings_in(options.folder))
    total = sum(size for _, _, size in found)
    for changed, path, size in found:
        if now - changed < _IN_USE:
            continue
        too_old = options.max_age is not None and now - changed > options.max_age * _DAY
        too_many = options.max_size is not None and total > options.max_size * MEGABYTE
        if too_old or too_many:
            _delete(path)
            total -= size


def _changed(recording: Path) -> float:
    return max((each.stat().st_mtime for each in _files(recording)), default=0.0)


def _size(recording: Path) -> int:
    return sum(each.stat().st_size for each in _files(recording))


def _files(recording: Path) -> Iterator[Path]:
    return (path for name in _FILES if (path := recording / name).exists())


def _delete(recording: Path) -> None:
    try:
        for path in _files(recording):
            path.unlink()
        if not any(recording.iterdir()):
            recording.rmdir()
    except OSError as error:
        logger.warning("the old recording %s cannot be deleted: %s", recording, error.strerror or error)
