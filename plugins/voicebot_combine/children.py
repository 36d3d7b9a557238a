"""The providers that another stands on: each with a name for people, started and closed with the others."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from voicebot import Choice, Provider, ProviderError
from voicebot_combine.error_text import reason
from voicebot_combine.stray_cancellation import leaks_fail

logger = logging.getLogger(__name__)
ProviderT = TypeVar("ProviderT", bound=Provider[Any])
_CLOSING = 4.0  # seconds, a little less than a bot has for all of it
_ENDING = 1.0  # seconds of these for answers that end slowly


@dataclass(slots=True, eq=False)
class Part(Generic[ProviderT]):
    """One provider; `broken` says why it could not start, if it could not."""

    name: str
    provider: ProviderT
    broken: str = ""
    _ending: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self, limit: float | None = None) -> None:
        """Start it within seconds; note it where that fails."""
        try:
            async with asyncio.timeout(limit) as timeout:
                with leaks_fail():
                    await self.provider.start()
            self.broken = ""
        except Exception as error:  # a stranger's provider may raise anything
            self.broken = f"it could not start: {reason(error)}"
            if timeout.expired() and isinstance(error, TimeoutError):
                self.broken = f"it did not start within {limit:g} s"

    def let_end(self, ending: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Let an answer end that nobody wants any more, however long that takes and whatever it raises."""
        task = asyncio.create_task(self._end(ending), name=f"end: {self.name}")
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        return task

    async def close(self) -> None:
        """Close it, after the answers that are ending."""
        async with asyncio.timeout(_CLOSING):
            if self._ending:
                _, late = await asyncio.wait(self._ending, timeout=_ENDING)
                for task in late:
                    task.cancel()
            with leaks_fail():
                await self.provider.aclose()

    async def _end(self, ending: Coroutine[Any, Any, None]) -> None:
        try:
            with leaks_fail():
                await ending
        except Exception as error:  # a stranger's provider may raise anything
            logger.info("an answer of %s did not end properly: %s", self.name, reason(error))


def make(choices: Iterable[Choice[ProviderT]]) -> list[Part[ProviderT]]:
    """Make providers, each called by what does the work in it, with numbers where that is not enough."""
    chosen = [(" and ".join(dict.fromkeys(leaf.name for leaf in c.leaves)), c) for c in choices]
    many = Counter(name for name, _ in chosen)
    seen: Counter[str] = Counter()
    parts = []
    for name, choice in chosen:
        seen[name] += 1
        parts.append(Part(f"{name} #{seen[name]}" if many[name] > 1 else name, choice.make()))
    return parts


async def start(parts: Sequence[Part[ProviderT]], limit: float | None = None) -> None:
    """Start all at the same time; `Part.broken` then tells of those that could not."""
    async with asyncio.TaskGroup() as tasks:
        for part in parts:
            tasks.create_task(part.start(limit), name=f"start: {part.name}")


async def start_each(parts: Sequence[Part[ProviderT]]) -> None:
    """Start all at the same time.

    Raises:
        ProviderError: one could not start; it says which.
    """
    await start(parts)
    if broken := [f"{part.name}: {part.broken}" for part in parts if part.broken]:
        raise ProviderError("; ".join(broken))


async def close(parts: Sequence[Part[ProviderT]]) -> None:
    """Close all, each in spite of the others.

    Raises:
        ProviderError: one could not be closed; it says which.
    """
    failures: list[str] = []

    async def close_one(part: Part[ProviderT]) -> None:
        try:
            await part.close()
        except Exception as error:  # a stranger's provider may raise anything
            failures.append(f"{part.name}: {reason(error)}")

    async with asyncio.TaskGroup() as tasks:
        for part in parts:
            tasks.create_task(close_one(part), name=f"close: {part.name}")
    if failures:
        raise ProviderError("; ".join(failures))
