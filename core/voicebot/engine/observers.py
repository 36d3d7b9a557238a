"""Runs the observers of a conversation, each in its own task, so that none can slow or break it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Protocol, Self

from voicebot.config.schema import Settings
from voicebot.dataclass import dataclass
from voicebot.engine.cancellation import own_cancellation, unfinished
from voicebot.engine.counting import Meter
from voicebot.engine.event_stream import EventStream, Subscription
from voicebot.engine.failures import as_provider_error
from voicebot.engine.redaction import RedactedEvents, Redaction
from voicebot.errors import ProviderError
from voicebot.events import (
    ConversationControl,
    ConversationEvent,
    ConversationInfo,
    ProviderNoticed,
    ProviderUsed,
)
from voicebot.interfaces import Observer

logger = logging.getLogger(__name__)
_FINISH_TIMEOUT = 5.0
"""Seconds that observers may take after the conversation has ended."""
_FINISH_TIMEOUT_IF_CANCELLED = 1.0
"""The same after a cancellation, such as by Ctrl-C, when a user waits for the program to end."""


@dataclass(frozen=True, slots=True)
class NamedObserver:
    """An observer, and its name in warnings: that in the config, or its plugin's."""

    name: str
    observer: Observer[Any]


def want_details(observers: Iterable[NamedObserver]) -> bool:
    """Return whether one of them receives details."""
    return any(named.observer.details for named in observers)


def hooked(hooks: Iterable[Callable[[Settings], Any]], settings: Settings) -> list[NamedObserver]:
    """Return the observers that hooks of plugins add; a hook that fails is left out with a warning."""
    observers = []
    for hook in hooks:
        name = getattr(hook, "plugin", repr(hook))
        try:
            observer = hook(settings)
            if observer is not None and not isinstance(observer, Observer):
                raise ProviderError(f"it returned {type(observer).__name__}, which is not an Observer")
        except Exception as error:  # a foreign hook may raise anything
            reason = as_provider_error("it broke", error)
            logger.warning("the observer of plugin '%s' is left out: %s", name, reason)
            continue
        if observer is not None:
            observers.append(NamedObserver(name, observer))
    return observers


async def started(observers: Sequence[NamedObserver], limit: float) -> tuple[NamedObserver, ...]:
    """Start observers; return those that started, and log a warning for each of the others.

    A conversation without an observer is better than none.

    Args:
        observers: the observers.
        limit: seconds that each may take.
    """
    async with asyncio.TaskGroup() as tasks:
        starts = [
            tasks.create_task(_start(named, limit), name=f"start: observer {named.name}")
            for named in observers
        ]
    return tuple(named for named, start in zip(observers, starts, strict=True) if start.result())


async def _start(named: NamedObserver, limit: float) -> bool:
    try:
        async with asyncio.timeout(limit) as timeout:
            with own_cancellation("could not start"):
                await named.observer.start()
    except Exception as error:  # a foreign observer may raise anything
        reason = as_provider_error("could not start", error)
        if timeout.expired() and isinstance(error, TimeoutError):
            reason = ProviderError(f"did not start within {limit:g} s (`start_timeout`)")
        logger.warning("the observer '%s' is left out: %s", named.name, reason)
        return False
    return True


class _Ending(Protocol):
    """A conversation, as far as observers may change it."""

    @property
    def publish(self) -> Callable[[ConversationEvent], None]: ...

    def end(self, line: str = "", *, at_once: bool = True) -> None: ...


class ObserverControl(ConversationControl):
    """What the observers of a conversation may do to it; `meter` counts what it uses."""

    def __init__(self, conversation: _Ending, meter: Meter) -> None:
        self._conversation, self._meter = conversation, meter

    @property
    def now(self) -> float:
        """Seconds since the conversation began, on its own clock."""
        return self._meter.now()

    @property
    def used(self) -> tuple[ProviderUsed, ...]:
        """What each provider was used for so far, added up."""
        return self._meter.totals

    def notice(self, kind: str, message: str) -> None:
        """Publish a notice."""
        self._conversation.publish(ProviderNoticed(self._meter.now(), kind, message))

    def end(self, line: str = "") -> None:
        """End the conversation when nobody is speaking."""
        self._conversation.end(line, at_once=False)


class ObserverGroup:
    """Observers of one conversation; use it as a context manager around the whole conversation.

    An observer that raises sees no more of this conversation, and one warning is logged. When the block ends,
    observers that have not finished get a few seconds; then they are cancelled, with a warning.
    """

    def __init__(
        self,
        observers: Iterable[NamedObserver],
        conversation: ConversationInfo,
        events: EventStream,
        redaction: Redaction,
        control: ConversationControl | None = None,
    ) -> None:
        self._observers = tuple(observers)
        self._conversation = replace(conversation, control=control)
        self._events = events
        self.redaction = redaction
        """What they receive goes through it."""
        self._tasks = asyncio.TaskGroup()
        self._running: dict[asyncio.Task[None], tuple[NamedObserver, Subscription]] = {}

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        for named in self._observers:
            self._begin(named)
        return self

    def change(
        self, observers: Iterable[NamedObserver], conversation: ConversationInfo
    ) -> list[asyncio.Task[None]]:
        """Let others observe from now on; return the tasks of those that see no more, which end soon.

        Args:
            conversation: what those receive that begin now, but for its start.
        """
        began, control = self._conversation.started, self._conversation.control
        self._conversation = replace(conversation, started=began, control=control)
        before, self._observers = self._observers, tuple(observers)
        after = {id(named.observer) for named in self._observers}
        leaving = [task for task, (named, _) in self._running.items() if id(named.observer) not in after]
        for task in leaving:
            self._running.pop(task)[1].end()
            asyncio.get_running_loop().call_later(_FINISH_TIMEOUT, task.cancel)
        known = {id(named.observer) for named in before}
        for named in self._observers:
            if id(named.observer) not in known:
                self._begin(named)
        return leaving

    def _begin(self, named: NamedObserver) -> None:
        events = self._events.subscribe(details=named.observer.details)
        task = self._tasks.create_task(self._observe(named, events), name=f"observer: {named.name}")
        self._running[task] = named, events

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            await self._wait(_FINISH_TIMEOUT if error is None else _FINISH_TIMEOUT_IF_CANCELLED)
        except BaseException as interruption:  # cancelled meanwhile
            await self._tasks.__aexit__(type(interruption), interruption, interruption.__traceback__)
            raise
        await self._tasks.__aexit__(kind, error, traceback)

    async def _wait(self, seconds: float) -> None:
        for task in await unfinished(self._running, seconds):
            name = self._running[task][0].name
            logger.warning("the observer '%s' did not finish within %g s and was stopped", name, seconds)
            task.cancel()

    async def _observe(self, named: NamedObserver, events: Subscription) -> None:
        try:
            with own_cancellation("it broke"):
                await named.observer.observe(self._conversation, _redacted(events, self.redaction))
        except Exception as error:  # a foreign observer may raise anything
            reason = as_provider_error("it broke", error)
            logger.warning(
                "the observer '%s' failed and sees no more of this conversation: %s", named.name, reason
            )
        finally:
            self._events.unsubscribe(events)
            if events.lost:
                logger.warning("the observer '%s' was too slow and missed %d events", named.name, events.lost)


async def _redacted(events: Subscription, redaction: Redaction) -> AsyncIterator[Any]:
    """Return the events as an observer receives them, which may write them down or send them on."""
    redacted = RedactedEvents(redaction)
    async for event in events:
        for ready in redacted.feed(event):
            yield ready
