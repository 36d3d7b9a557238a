"""One provider at a time, for commands that need no whole bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from voicebot.errors import ProviderError

if TYPE_CHECKING:
    from voicebot.config.load import ProviderChoice
    from voicebot.interfaces import Provider


@asynccontextmanager
async def started(choice: ProviderChoice, limit: float) -> AsyncGenerator[Any, None]:
    """Make a provider, start it within `limit` seconds, and close it in the end."""
    provider: Provider[Any] = choice.make()
    try:
        try:
            async with asyncio.timeout(limit):
                await provider.start()
        except TimeoutError:
            raise ProviderError(
                f"{provider.kind}: did not start within {limit:g} s (`start_timeout`)"
            ) from None
        yield provider
    finally:
        await provider.aclose()
