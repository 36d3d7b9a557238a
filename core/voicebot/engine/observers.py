"""Observers at work: each in a task of its own, at its own pace, none of them the conversation's problem."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from voicebot.config.schema import Settings
from voicebot.engine.cancellation import own_cancellation
from voicebot.engine.event_stream import EventStream, Subscription
from voicebot.engine.failures import as_provider_error
from voicebot.errors import ProviderError
from voicebot.events import ConversationInfo
from voicebot.interfaces import Observer

logger = logging.getLogger(__name__)
_FAREWELL = 5.0
"""Seconds that observers may take once the conversation has ended."""
_HASTE = 1.0
"""The same where the conversation was cancelled, as by Ctrl-C: somebody waits for the program to end."""


@dataclass(frozen=True, slots=True)
class Watcher:
    """An observer and what to call it where it fails: as a config names it, or by its plugin."""

    name: str
    observer: Observer[Any]


def hooked(hooks: Iterable[Callable[[Settings], Any]], settings: Settings) -> list[Watcher]:
    """Return the observers that plugins bring unasked; a hook that fails is left out with a warning."""
    watchers = []
    for hook in hooks:
        name = getattr(hook, "plugin", repr(hook))
        try:
            observer = hook(settings)
            if observer is not None and not isinstance(observer, Observer):
                raise ProviderError(f"it returned {type(observer).__name__}, which is no Observer")
        except Exception as error:  # a stranger's hook may raise anything
            reason = as_provider_error("it broke", error)
            logger.warning("the observer of plugin '%s' is left out: %s", name, reason)
            continue
        if observer is not None:
            watchers.append(Watcher(name, observer))
    return watchers


async def started(watchers: Sequence[Watcher], limit: float) -> tuple[Watcher, ...]:
    """Start observers; return those that started, and warn of the others.

    A conversation that nobody writes down is better than none.

    Args:
        limit: seconds that each may take.
    """
    async with asyncio.TaskGroup() as tasks:
        starts = [
            tasks.create_task(_start(watcher, limit), name=f"start: observer {watcher.name}")
            for watcher in watchers
        ]
    return tuple(watcher for watcher, start in zip(watchers, starts, strict=True) if start.result())


async def _start(watcher: Watcher, limit: float) -> bool:
    try:
        async with asyncio.timeout(limit) as timeout:
            with own_cancellation("could not start"):
                await watcher.observer.start()
    except Exception as error:  # a stranger's observer may raise anything
        reason = as_provider_error("could not start", error)
        if timeout.expired() and isinstance(error, TimeoutError):
            reason = ProviderError(f"did not start within {limit:g} s (`start_timeout`)")
        logger.warning("the observer '%s' is left out: %s", watcher.name, reason)
        return False
    return True


class Watch:
    """What observers see of one conversation; use it as a context manager around the whole of it.

    An observer that raises is dropped from this conversation, with one warning. When the block ends, however
    it does, observers that have not finished get a few seconds, then they are cancelled, with a warning.
    """

    def __init__(
        self, watchers: Iterable[Watcher], conversation: ConversationInfo, events: EventStream
    ) -> None:
        self._watchers = tuple(watchers)
        self._conversation = conversation
        self._events = events
        self._tasks = asyncio.TaskGroup()
        self._watching: dict[asyncio.Task[None], Watcher] = {}

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        for watcher in self._watchers:
            watching = self._observe(watcher, self._events.subscribe())
            task = self._tasks.create_task(watching, name=f"observer: {watcher.name}")
            self._watching[task] = watcher
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            await self._wait(_FAREWELL if error is None else _HASTE)
        except BaseException as interruption:  # somebody has no patience left
            await self._tasks.__aexit__(type(interruption), interruption, interruption.__traceback__)
            raise
        await self._tasks.__aexit__(kind, error, traceback)

    async def _wait(self, seconds: float) -> None:
        if not self._watching:
            return
        _, late = await asyncio.wait(self._watching, timeout=seconds)
        for task in late:
            name = self._watching[task].name
            logger.warning("the observer '%s' did not finish within %g s and was stopped", name, seconds)
            task.cancel()

    async def _observe(self, watcher: Watcher, events: Subscription) -> None:
        try:
            with own_cancellation("it broke"):
                await watcher.observer.observe(self._conversation, events)
        except Exception as error:  # a stranger's observer may raise anything
            reason = as_provider_error("it broke", error)
            logger.warning(
                "the observer '%s' failed and sees no more of this conversation: %s", watcher.name, reason
            )
        finally:
            self._events.unsubscribe(events)
            if events.lost:
                logger.warning(
                    "the observer '%s' was too slow and missed %d events", watcher.name, events.lost
                )
