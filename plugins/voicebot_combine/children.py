"""The providers that a wrapper wraps: each with a name for messages, started and closed with the others."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from voicebot import Choice, Provider, ProviderError, counted
from voicebot_combine.error_text import describe
from voicebot_combine.stray_cancellation import stray_cancellation_fails

logger = logging.getLogger(__name__)
ProviderT = TypeVar("ProviderT", bound=Provider[Any])
_CLOSE_TIMEOUT = 4.0
"""Seconds to close a provider, a little less than a bot has for all of it."""
_ANSWERS_TIMEOUT = 1.0
"""Seconds of these for answers that are slow to end."""


@dataclass(slots=True, eq=False)
class Child(Generic[ProviderT]):
    """One provider; `start_error` says why it could not start, empty if it could."""

    name: str
    provider: ProviderT
    start_error: str = ""
    _ending: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self, timeout: float | None = None) -> None:
        """Start the provider within `timeout` seconds; set `start_error` if that fails."""
        try:
            async with asyncio.timeout(timeout) as limit:
                with stray_cancellation_fails():
                    await self.provider.start()
            self.start_error = ""
        except Exception as error:  # a third-party provider may raise anything
            self.start_error = f"it could not start: {describe(error)}"
            if limit.expired() and isinstance(error, TimeoutError):
                self.start_error = f"it did not start within {timeout:g} s"

    def end_in_background(self, ending: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """End an answer that is no longer needed, however long that takes and whatever it raises."""
        task = asyncio.create_task(self._end(ending), name=f"end: {self.name}")
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        return task

    async def close(self) -> None:
        """Close the provider, after the answers that are ending."""
        async with asyncio.timeout(_CLOSE_TIMEOUT):
            if self._ending:
                _, late = await asyncio.wait(self._ending, timeout=_ANSWERS_TIMEOUT)
                for task in late:
                    task.cancel()
            with stray_cancellation_fails():
                await self.provider.aclose()

    async def _end(self, ending: Coroutine[Any, Any, None]) -> None:
        try:
            with stray_cancellation_fails():
                await ending
        except Exception as error:  # a third-party provider may raise anything
            logger.info("an answer of %s did not end properly: %s", self.name, describe(error))


def make_children(choices: Iterable[Choice[ProviderT]]) -> list[Child[ProviderT]]:
    """Make providers, named after the innermost providers in them; numbered if a name occurs twice."""
    chosen = [(" and ".join(dict.fromkeys(leaf.name for leaf in c.leaves)), c) for c in choices]
    counts = Counter(name for name, _ in chosen)
    seen: Counter[str] = Counter()
    children = []
    for name, choice in chosen:
        seen[name] += 1
        provider = counted(choice.make(), choice.name)
        children.append(Child(f"{name} #{seen[name]}" if counts[name] > 1 else name, provider))
    return children


async def start_possible(children: Sequence[Child[ProviderT]], timeout: float | None = None) -> None:
    """Start all at the same time, and set `Child.start_error` of those that fail."""
    async with asyncio.TaskGroup() as tasks:
        for child in children:
            tasks.create_task(child.start(timeout), name=f"start: {child.name}")


async def start_all(children: Sequence[Child[ProviderT]]) -> None:
    """Start all at the same time.

    Raises:
        ProviderError: at least one could not start; the message names them.
    """
    await start_possible(children)
    if errors := [f"{child.name}: {child.start_error}" for child in children if child.start_error]:
        raise ProviderError("; ".join(errors))


async def close_all(children: Sequence[Child[ProviderT]]) -> None:
    """Close all, even if some fail.

    Raises:
        ProviderError: at least one could not be closed; the message names them.
    """
    errors: list[str] = []

    async def close(child: Child[ProviderT]) -> None:
        try:
            await child.close()
        except Exception as error:  # a third-party provider may raise anything
            errors.append(f"{child.name}: {describe(error)}")

    async with asyncio.TaskGroup() as tasks:
        for child in children:
            tasks.create_task(close(child), name=f"close: {child.name}")
    if errors:
        raise ProviderError("; ".join(errors))
