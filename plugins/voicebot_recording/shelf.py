"""The folder of recordings: their names, and which of them are deleted when there are too many."""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from voicebot import ConversationInfo
from voicebot_recording.format import CONFIG, EVENTS, HEADER, SOUND
from voicebot_recording.options import RecordOptions

logger = logging.getLogger(__name__)
MEGABYTE = 1_000_000
_DAY = 86_400.0
_IN_USE = 120.0
"""Seconds since the last change of a recording within which it may still grow."""
_CONFIGS = f"{Path(CONFIG).stem}*{Path(CONFIG).suffix}"
_UNSAFE = re.compile(r"[^\w-]+")
_FIRST_LINE = f'{{"type":"{HEADER}"'.encode()


def folder_for(folder: Path, info: ConversationInfo) -> Path:
    """Return the folder for a conversation's recording; neither it nor its `unfinished` one exists yet."""
    name = f"{info.started:%Y%m%dT%H%M%SZ}-{_UNSAFE.sub('-', info.id)[:12] or 'conversation'}"
    paths = (folder / each for each in (name, *(f"{name}-{number}" for number in range(2, 10_000))))
    return next(path for path in paths if not (path.exists() or unfinished(path).exists()))


def unfinished(recording: Path) -> Path:
    """Return the folder in which a recording is while it has no first line; who makes it has the name."""
    return recording.with_name(f".{recording.name}.new")


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

    Recordings that have grown lately are left alone, and so is any file that is not a recording's. Several
    processes may do this at the same time.
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


def keep_alive(recording: Path) -> None:
    """Let a recording count as one that grows, even if nothing is said for long."""
    with suppress(OSError):
        os.utime(recording / EVENTS)


def _changed(recording: Path) -> float:
    return max((each.st_mtime for each in _states(recording)), default=0.0)


def _size(recording: Path) -> int:
    return sum(each.st_size for each in _states(recording))


def _states(recording: Path) -> Iterator[os.stat_result]:
    for path in _files(recording):
        with suppress(FileNotFoundError):  # deleted meanwhile
            yield path.stat()


def _files(recording: Path) -> Iterator[Path]:
    """Yield what is deleted of a recording, its event log last: a folder without one is no recording."""
    yield from recording.glob(_CONFIGS)
    yield recording / SOUND
    yield recording / EVENTS


def _delete(recording: Path) -> None:
    try:
        for path in _files(recording):
            path.unlink(missing_ok=True)
        if not any(recording.iterdir()):
            recording.rmdir()
    except FileNotFoundError:  # another process was quicker
        pass
    except OSError as error:
        logger.warning("the old recording %s cannot be deleted: %s", recording, error.strerror or error)
