"""Iterate over what may be an async generator, and close it where the iteration ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

ItemT = TypeVar("ItemT")


@asynccontextmanager
async def closing(items: AsyncIterator[ItemT]) -> AsyncGenerator[AsyncIterator[ItemT], None]:
    """Yield an iterator, and close it at the end if it is a generator.

    A generator that is merely abandoned is closed when it is collected, in a task of the loop's own.
    """
    try:
        yield items
    finally:
        if isinstance(items, AsyncGenerator):
            await items.aclose()


async def interleaved(items: AsyncIterator[ItemT]) -> AsyncGenerator[ItemT, None]:
    """Yield the items of an iterator, and let other tasks run after each.

    State that is shared by mistake shows only if the items of several iterators alternate.
    """
    async with closing(items):
        async for item in items:
            yield item
            await asyncio.sleep(0)
