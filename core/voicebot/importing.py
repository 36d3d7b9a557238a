"""One import at a time among threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_LOCK = threading.RLock()


@contextmanager
def import_lock() -> Iterator[None]:
    """Let only one thread at a time import an SDK: `with import_lock(): import sdk`.

    Providers load their packages in threads, several at the same moment, and Python may give up with
    `_DeadlockError` when two threads load packages whose modules import each other.
    """
    with _LOCK:
        yield
