"""Cancellation by the engine, told apart from a `CancelledError` that a provider's library raises.

Tasks that end by themselves are given time before they are cancelled (`unfinished`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from types import TracebackType
from typing import Any

from voicebot.engine.failures import as_provider_error


class OwnCancellation:
    """The context manager that `own_cancellation` returns."""

    __slots__ = ("_requests", "_what")

    def __init__(self, what: str) -> None:
        self._what = what
        self._requests = 0

    def __enter__(self) -> None:
        self._requests = cancellation_requests()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, asyncio.CancelledError):
            if not cancellation_requests():
                raise as_provider_error(self._what, error, retryable=True) from error
        elif (error is None or isinstance(error, Exception)) and cancellation_requests() > self._requests:
            raise asyncio.CancelledError from error


def own_cancellation(what: str) -> OwnCancellation:
    """Raise `CancelledError` when the engine has cancelled the task, and only then.

    A `CancelledError` that a foreign library leaks, such as an HTTP client that dies, becomes a
    `ProviderError`. An error that comes at the same time as the engine's cancellation is replaced by it: a
    task group of Python 3.11 and 3.12 raises only the error then, and a task that catches it would go on. A
    cancellation that a library swallowed is raised again.

    Args:
        what: describes what went wrong if a cancellation was leaked, such as `the recogniser broke`.
    """
    return OwnCancellation(what)


def cancellation_check() -> Callable[[], None]:
    """Return a check that raises `CancelledError` if foreign code has swallowed the task's cancellation.

    It is called for every event of a provider, so it is cheap.
    """
    task = asyncio.current_task()
    assert task is not None
    requests = task.cancelling

    def check() -> None:
        if requests():
            raise asyncio.CancelledError

    return check


async def unfinished(tasks: Collection[asyncio.Task[Any]], seconds: float) -> set[asyncio.Task[Any]]:
    """Wait for tasks to end; return those that have not within so many seconds, to be cancelled."""
    return (await asyncio.wait(tasks, timeout=seconds))[1] if tasks else set()


def cancellation_requests() -> int:
    """Return the number of cancellations of the current task that have not been handled."""
    task = asyncio.current_task()
    return task.cancelling() if task is not None else 0
