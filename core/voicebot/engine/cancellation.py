"""Cancellation by the engine, told apart from a `CancelledError` that a provider's library raises."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from voicebot.engine.failures import as_provider_error


@contextmanager
def own_cancellation(what: str) -> Iterator[None]:
    """Raise `CancelledError` when the engine has cancelled the task, and only then.

    A `CancelledError` that a foreign library leaks, such as an HTTP client that dies, becomes a
    `ProviderError`. An error that comes at the same time as the engine's cancellation is replaced by it: a
    task group of Python 3.11 and 3.12 raises only the error then, and a task that catches it would go on. A
    cancellation that a library swallowed is raised again.

    Args:
        what: describes what went wrong if a cancellation was leaked, such as `the recogniser broke`.
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


def cancellation_requests() -> int:
    """Return the number of cancellations of the current task that have not been handled."""
    task = asyncio.current_task()
    return task.cancelling() if task is not None else 0
