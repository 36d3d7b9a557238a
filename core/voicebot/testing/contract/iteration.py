"""Iterating over what may be an async generator, so that it is closed where the iteration ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

ItemT = TypeVar("ItemT")


@asynccontextmanager
async def closing(items: AsyncIterator[ItemT]) -> AsyncGenerator[AsyncIterator[ItemT], None]:
    """Give an iterator, and close it in the end if it can be closed.

    A generator that is merely left is closed when it is collected, by a task of nobody's.
    """
    try:
        yield items
    finally:
        if isinstance(items, AsyncGenerator):
            await items.aclose()


async def interleaved(items: AsyncIterator[ItemT]) -> AsyncGenerator[ItemT, None]:
    """Give what an iterator gives, and let other tasks have theirs after each item.

    What several share by mistake shows only where their items alternate.
    """
    async with closing(items):
        async for item in items:
            yield item
            await asyncio.sleep(0)
