"""Stopping the Speech SDK when the program exits.

A thread of the SDK that calls into an interpreter which is shutting down aborts the process.
"""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol
from weakref import WeakSet

CALLBACK_GRACE = 0.05
"""Seconds for callbacks that are already running when their signals are disconnected."""
_EXIT_TIMEOUT = 1.0
"""Seconds to wait for all connections together when the program exits."""


class Stoppable(Protocol):
    """A connection that can be stopped from the main thread."""

    def disconnect_callbacks(self) -> None:
        """Keep the SDK from making any further callbacks."""

    def wait_stopped(self, deadline: float) -> None:
        """Stop, and block until the SDK has stopped or until `deadline` on the monotonic clock."""


_connections: WeakSet[Stoppable] = WeakSet()
_opening = threading.Lock()
_exiting = False


@contextmanager
def opening(connection: Stoppable) -> Iterator[None]:
    """Register a connection that is opened in the block.

    Raises:
        RuntimeError: the program is exiting.
    """
    with _opening:
        if _exiting:
            raise RuntimeError("the program is exiting")
        yield
        _connections.add(connection)


@atexit.register
def _stop_all() -> None:
    global _exiting  # noqa: PLW0603 - there is one program
    with _opening:
        _exiting = True
    connections = list(_connections)
    for connection in connections:
        connection.disconnect_callbacks()
    deadline = time.monotonic() + _EXIT_TIMEOUT
    for connection in connections:
        connection.wait_stopped(deadline)
    if connections:
        time.sleep(CALLBACK_GRACE)
