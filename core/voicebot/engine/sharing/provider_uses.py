"""Which open bots use a provider: it is started by the first of them, and closed by the last."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

from voicebot.engine.cancellation import own_cancellation
from voicebot.engine.failures import as_provider_error
from voicebot.errors import ProviderError
from voicebot.interfaces import Provider

logger = logging.getLogger(__name__)
_CLOSE_TIMEOUT = 5.0
"""Seconds that each provider may take to close."""
_uses: dict[int, list[Provider[Any]]] = {}
"""A provider as often as bots use it, by its identity: providers of others may not be hashable."""


class ProviderUses:
    """The providers that one bot uses."""

    def __init__(self) -> None:
        self._used: list[tuple[str, Provider[Any]]] = []

    def add(self, provider: Provider[Any], name: str) -> bool:
        """Use a provider; return whether it has to be started, since no other bot uses it.

        Args:
            name: what it is called if it does not close.
        """
        self._used.append((name, provider))
        uses = _uses.setdefault(id(provider), [])
        uses.append(provider)
        return len(uses) == 1

    async def close(self) -> None:
        """Close what no other bot uses, in the order in which it was added."""
        while self._used:
            name, provider = self._used.pop(0)
            uses = _uses[id(provider)]
            uses.pop()
            if not uses:
                del _uses[id(provider)]
                await _close(provider, name)


async def start_all(
    providers: Iterable[tuple[str, Provider[Any]]], limit: float, failures: list[str]
) -> None:
    """Start named providers at the same time; add what went wrong to `failures`.

    Args:
        limit: seconds that each may take.
    """
    async with asyncio.TaskGroup() as tasks:
        for name, provider in providers:
            tasks.create_task(_start(name, provider, limit, failures), name=f"start: {name}")


async def _start(name: str, provider: Provider[Any], limit: float, failures: list[str]) -> None:
    try:
        async with asyncio.timeout(limit) as timeout:
            with own_cancellation("could not start"):
                await provider.start()
    except Exception as error:  # a foreign provider may raise anything
        reason = as_provider_error("could not start", error)
        if timeout.expired() and isinstance(error, TimeoutError):
            reason = ProviderError(f"did not start within {limit:g} s (`start_timeout`)")
        failures.append(f"{name}: {reason}")


async def _close(provider: Provider[Any], name: str) -> None:
    try:
        with own_cancellation("it failed"):
            async with asyncio.timeout(_CLOSE_TIMEOUT):
                await provider.aclose()
    except Exception as error:  # the others have to be closed even so
        logger.warning("%s did not close cleanly: %s", name, as_provider_error("it failed", error))
