"""Where a thread or a task is: the innermost line outside the standard library."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from inspect import isasyncgen
from types import FrameType
from typing import Any

_STANDARD = sysconfig.get_paths()["stdlib"]
_SITE = f"{os.sep}site-packages{os.sep}"


def thread_location(ident: int | None) -> str:
    """Return where a thread is; empty while its loop waits for events."""
    frame = sys._current_frames().get(ident or 0)
    if frame is None or "select" in frame.f_code.co_name:
        return ""
    return _location(list(_callers(frame)))


def task_location(task: asyncio.Task[Any]) -> str:
    """Return where a task is waiting."""
    return _location(list(_waiting(task.get_coro()))[::-1])


def _location(frames: Iterable[FrameType]) -> str:
    """Return the location of the first frame, innermost first, outside the standard library."""
    frames = list(frames)
    if not frames:
        return "an unknown place"
    frame = next((one for one in frames if not _is_standard(one.f_code.co_filename)), frames[0])
    return f"{frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_name}"


def _is_standard(name: str) -> bool:
    return name.startswith((_STANDARD, "<frozen")) and _SITE not in name


def _callers(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _waiting(waiting: Any) -> Iterator[FrameType]:
    """Yield the frames of a waiting coroutine, outermost first."""
    while waiting is not None:
        kind = next((kind for kind in ("cr", "ag", "gi") if hasattr(waiting, f"{kind}_frame")), None)
        if kind is None:  # only the garbage collector knows which async generator a step belongs to
            waiting = next((one for one in gc.get_referents(waiting) if isasyncgen(one)), None)
            continue
        if (frame := getattr(waiting, f"{kind}_frame")) is not None:
            yield frame
        waiting = getattr(waiting, "gi_yieldfrom" if kind == "gi" else f"{kind}_await")
