"""The events of one conversation, which each observer reads at its own pace."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any

from voicebot.events import ConversationDetail, ConversationEnded, ConversationEvent

_DETAILS_PER_EVENT = 20
"""How many more events are held for an observer that receives details."""


class Subscription:
    """Iterate to get the events from the moment of subscribing to the end of the conversation.

    It holds at most `size` events: an observer that falls further behind loses the oldest ones, and can
    neither slow nor break the conversation. `lost` is how many it has lost. `details` says whether it also
    receives every `ConversationDetail`.
    """

    def __init__(self, size: int, *, details: bool = False) -> None:
        self.lost = 0
        self.details = details
        self._size = size
        self._events: deque[Any] = deque(maxlen=size)
        self._waiter: asyncio.Future[None] | None = None
        self._ended = False

    def put(self, event: ConversationEvent | ConversationDetail) -> None:
        """Add an event and wake the observer; nothing is added after the end."""
        if self._ended:
            return
        self.lost += len(self._events) == self._size
        self._events.append(event)
        self._ended = self._ended or isinstance(event, ConversationEnded)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def end(self) -> None:
        """End the iteration when the events that have come were read."""
        self._ended = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def take(self) -> list[ConversationEvent]:
        """Return the events that have come and were not read, without waiting."""
        events = list(self._events)
        self._events.clear()
        return events

    def __aiter__(self) -> AsyncIterator[ConversationEvent]:
        return self

    async def __anext__(self) -> ConversationEvent:
        while not self._events:
            if self._ended:
                raise StopAsyncIteration
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        event: ConversationEvent = self._events.popleft()
        return event


class EventStream:
    """Where the engine publishes events and observers subscribe to them.

    Args:
        first: called with each event before any observer gets it.
    """

    def __init__(self, first: Callable[[ConversationEvent], None] | None = None) -> None:
        self._first = first
        self._subscriptions: list[Subscription] = []
        self._ended = False

    def subscribe(self, size: int = 1000, *, details: bool = False) -> Subscription:
        """Return the events from now on.

        Args:
            size: how many are held at most.
            details: whether to return details too; many more are then held.

        Raises:
            RuntimeError: the conversation has ended.
        """
        if self._ended:
            raise RuntimeError("the conversation has ended; subscribe to its events before it is run")
        subscription = Subscription(size * _DETAILS_PER_EVENT if details else size, details=details)
        self._subscriptions.append(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Publish no more events to an observer that has finished."""
        self._subscriptions.remove(subscription)

    def publish(self, event: ConversationEvent) -> None:
        """Give an event to all observers."""
        self._ended = self._ended or isinstance(event, ConversationEnded)
        if self._first is not None:
            self._first(event)
        for subscription in self._subscriptions:
            subscription.put(event)

    def publish_detail(self, detail: ConversationDetail) -> None:
        """Give a detail to the observers that receive details."""
        for subscription in self._subscriptions:
            if subscription.details:
                subscription.put(detail)
