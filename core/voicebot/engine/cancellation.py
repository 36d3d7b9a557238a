"""Whose a cancellation is: only the engine's own ends a task, whatever a provider's library raises."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from voicebot.engine.failures import as_provider_error


@contextmanager
def own_cancellation(what: str) -> Iterator[None]:
    """Let nothing but the engine's own cancellation look like one, and let nothing hide it.

    A `CancelledError` that a stranger's library leaks, such as an HTTP client that dies, becomes a
    `ProviderError`. An error that comes at the same time as the engine's cancellation gives way to it: a task
    group of Python 3.11 and 3.12 raises only the error then, and whoever catches it would live on. One that
    a library swallowed is raised once more.

    Args:
        what: says what went wrong where a cancellation was leaked, such as `the recogniser broke`.
    """
    before = cancellation_requests()
    try:
        yield
    except asyncio.CancelledError as error:
        if cancellation_requests():
            raise
        raise as_provider_error(what, error, retryable=True) from error
    except Exception as error:
        if cancellation_requests() > before:
            raise asyncio.CancelledError from error
        raise
    if cancellation_requests() > before:
        raise asyncio.CancelledError


def cancellation_check() -> Callable[[], None]:
    """Return what raises the engine's own cancellation of this task, should a stranger have swallowed it.

    It is called between two events of a stranger's, so it costs next to nothing.
    """
    task = asyncio.current_task()
    assert task is not None
    requests = task.cancelling

    def check() -> None:
        if requests():
            raise asyncio.CancelledError

    return check


def cancellation_requests() -> int:
    """Return how often the running task was asked to end and has not ended yet."""
    task = asyncio.current_task()
    return task.cancelling() if task is not None else 0
