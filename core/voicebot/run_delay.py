"""How long a thread was ready to run while other programs had the processor; known on Linux only."""

from __future__ import annotations

import threading
from pathlib import Path

_TASKS = Path("/proc/self/task")
_RUN_DELAY = 1
"""Place of the figure in `schedstat`, in nanoseconds."""
_WAITING = (b"R", b"D")
"""States in `stat` of threads that wait for the processor (or have it), or for a disk."""


class RunDelay:
    """Reads the run delay of one thread, from any thread.

    Args:
        thread: the thread's native id; by default that of the thread that creates this.
        tasks: the folder in which Linux describes the threads of this process.
    """

    def __init__(self, thread: int | None = None, tasks: Path = _TASKS) -> None:
        self._file = tasks / str(thread or threading.get_native_id()) / "schedstat"

    def seconds(self) -> float | None:
        """Return the seconds so far; None where the system does not report them."""
        try:
            return int(self._file.read_bytes().split()[_RUN_DELAY]) / 1e9
        except (OSError, LookupError, ValueError):
            return None


def thread_run_delays(tasks: Path = _TASKS) -> dict[str, float]:
    """Return the run delay of each thread of this process in seconds, by native id; empty where unknown."""
    try:
        threads = [task.name for task in tasks.iterdir()]
    except OSError:
        return {}
    delays = {thread: RunDelay(int(thread), tasks).seconds() for thread in threads}
    return {thread: delay for thread, delay in delays.items() if delay is not None}


def waiting_threads(tasks: Path = _TASKS) -> frozenset[tuple[str, bytes]]:
    """Return the threads of this process that could go on if the machine let them, without the calling one.

    Each is its native id and how long it has run so far. A thread that is found twice with the same figures
    has waited in between; its run delay grows only when such a wait is over. Empty where unknown.
    """
    own = str(threading.get_native_id())
    found = set()
    try:
        folders = [task for task in tasks.iterdir() if task.name != own]
    except OSError:
        return frozenset()
    for folder in folders:
        try:
            state = (folder / "stat").read_bytes().rpartition(b")")[2].split()[:1]  # after the name
            if state and state[0] in _WAITING:
                found.add((folder.name, (folder / "schedstat").read_bytes()))
        except OSError:  # it has ended
            continue
    return frozenset(found)
