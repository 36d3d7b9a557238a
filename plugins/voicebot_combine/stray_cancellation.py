"""Cancellation that nobody asked for: a provider's library lets it out when a task of its own dies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from typing import TypeVar

from voicebot import ProviderError

T = TypeVar("T")


@contextmanager
def leaks_fail() -> Iterator[None]:
    """Make a `CancelledError` that no task was cancelled with a failure like any other.

    An error that a provider raises when its task is cancelled gives way to the cancellation: a task group of
    Python 3.11 and 3.12 raises only the error then, and the next provider would be asked.

    Raises:
        ProviderError: there was one.
    """
    before = _cancellation_requests()
    try:
        yield
    except asyncio.CancelledError as error:
        if _cancellation_requests():
            raise
        raise ProviderError("something in it was cancelled", retryable=True) from error
    except Exception as error:
        if _cancellation_requests() > before:
            raise asyncio.CancelledError from error
        raise


async def without_leaks(events: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """Stream an answer whose own cancellations are failures."""
    async with aclosing(events):
        with leaks_fail():
            async for event in events:
                yield event


def _cancellation_requests() -> int:
    """Return how often the running task was asked to end and has not ended yet."""
    task = asyncio.current_task()
    return task.cancelling() if task is not None else 0
