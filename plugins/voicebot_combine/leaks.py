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

    Raises:
        ProviderError: there was one.
    """
    try:
        yield
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise ProviderError("something in it was cancelled", retryable=True) from error


async def without_leaks(events: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """Stream an answer whose own cancellations are failures."""
    async with aclosing(events):
        with leaks_fail():
            async for event in events:
                yield event
