"""Observers of a conversation, each at its own pace."""

from __future__ import annotations

import asyncio

from voicebot.engine.event_stream import EventStream, Subscription
from voicebot.events import ConversationEnded, ConversationEvent, ListeningStarted
from voicebot.testing import simulated


async def times(subscription: Subscription) -> list[float]:
    return [event.at async for event in subscription]


def events(count: int) -> list[ConversationEvent]:
    return [*(ListeningStarted(float(at)) for at in range(count - 1)), ConversationEnded(count - 1.0)]


@simulated
async def test_an_observer_that_falls_behind_loses_the_oldest_events_and_delays_no_other() -> None:
    stream = EventStream()
    slow, slower = stream.subscribe(), stream.subscribe(size=3)
    for event in events(5_000):
        stream.publish(event)
    assert await times(slow) == [float(at) for at in range(4_000, 5_000)]
    assert await times(slower) == [4_997.0, 4_998.0, 4_999.0]


@simulated
async def test_an_observer_that_keeps_up_loses_nothing_and_ends_with_the_conversation() -> None:
    stream = EventStream()
    quick = asyncio.create_task(times(stream.subscribe(size=3)))
    for event in events(5_000):
        stream.publish(event)
        await asyncio.sleep(0.01)
    assert await quick == [float(at) for at in range(5_000)]
