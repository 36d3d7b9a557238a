"""One stream of events a conversation, which observers read at their own pace."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from voicebot.events import ConversationEnded, ConversationEvent


class Subscription:
    """One observer's view of the stream, from when it was made to the conversation's end.

    It holds at most `size` events: an observer that falls further behind loses the oldest. It can neither
    slow nor break the conversation. `lost` is how many it has lost.
    """

    def __init__(self, size: int) -> None:
        self.lost = 0
        self._size = size
        self._events: deque[ConversationEvent] = deque(maxlen=size)
        self._waiter: asyncio.Future[None] | None = None
        self._over = False

    def put(self, event: ConversationEvent) -> None:
        """Add an event and wake the observer."""
        self.lost += len(self._events) == self._size
        self._events.append(event)
        self._over = self._over or isinstance(event, ConversationEnded)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def __aiter__(self) -> AsyncIterator[ConversationEvent]:
        return self

    async def __anext__(self) -> ConversationEvent:
        while not self._events:
            if self._over:
                raise StopAsyncIteration
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return self._events.popleft()


class EventStream:
    """Where the engine publishes and observers subscribe.

    Args:
        first: the engine's own, told of each event before any observer.
    """

    def __init__(self, first: Callable[[ConversationEvent], None] | None = None) -> None:
        self._first = first
        self._subscriptions: list[Subscription] = []
        self._over = False

    def subscribe(self, size: int = 1000) -> Subscription:
        """Return the events from now on.

        Raises:
            RuntimeError: there will be none.
        """
        if self._over:
            raise RuntimeError("the conversation has ended: ask for its events before it is run")
        subscription = Subscription(size)
        self._subscriptions.append(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Forget an observer that is gone."""
        self._subscriptions.remove(subscription)

    def publish(self, event: ConversationEvent) -> None:
        """Give an event to all observers."""
        self._over = self._over or isinstance(event, ConversationEnded)
        if self._first is not None:
            self._first(event)
        for subscription in self._subscriptions:
            subscription.put(event)
