"""Cancellation that nobody requested: a provider's library lets it escape when one of its own tasks dies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from typing import TypeVar

from voicebot import ProviderError

T = TypeVar("T")


@contextmanager
def stray_cancellation_fails() -> Iterator[None]:
    """Turn a `CancelledError` into a failure unless the current task was cancelled.

    Conversely, an error raised while the task is being cancelled becomes a `CancelledError`: a task group of
    Python 3.11 and 3.12 raises only the error then, and the next provider would be asked.

    Raises:
        ProviderError: there was a stray cancellation.
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


async def without_stray_cancellation(events: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """Stream an answer, turning stray cancellations into failures."""
    async with aclosing(events):
        with stray_cancellation_fails():
            async for event in events:
                yield event


def _cancellation_requests() -> int:
    """Return how often the running task was cancelled."""
    task = asyncio.current_task()
    return task.cancelling() if task is not None else 0
