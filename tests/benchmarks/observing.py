"""Measure what observers and filters cost compared with the engine itself, in CPU time.

    python tests/benchmarks/observing.py [--turns N]

A conversation is held in virtual time, for the engine's own cost. Its events are then told again, many
times, to observers alone, and its reply passes through filters alone: the engine's cost varies by more than
theirs is. It prints figures and never fails.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from voicebot import BotTurnEnded, ConversationEvent, ConversationInfo, Observer, Options, Settings
from voicebot.engine.event_stream import EventStream
from voicebot.engine.filters import NamedFilter
from voicebot.engine.observers import NamedObserver, ObserverGroup
from voicebot.engine.redaction import Redaction
from voicebot.engine.speaking.writing.reply_filters import ReplyFilterChain
from voicebot.testing import ScriptedChatModel, VirtualClockLoop, converse
from voicebot_observers import jsonlines
from voicebot_observers.dialogue import Dialogue
from voicebot_observers.telemetry import TelemetryObserver, TelemetryOptions

REPLY = "Once there was a parrot that knew a story. It told it to everybody who came by. Nobody asked twice."
QUESTION = "tell me a story about a parrot"


class Reader(Observer[Options]):
    """Reads, and does nothing."""

    async def observe(self, conversation: ConversationInfo, events: AsyncIterator[ConversationEvent]) -> None:
        async for _ in events:
            pass


class Writer(Observer[Options]):
    """Does the work of `transcript`, except for the writing, since threads have no virtual time."""

    async def observe(self, conversation: ConversationInfo, events: AsyncIterator[ConversationEvent]) -> None:
        dialogue = Dialogue()
        async for event in events:
            for entry in dialogue.entries_for(event):
                jsonlines.line(entry, conversation)


def telemetry() -> TelemetryObserver:
    """Return the observer with the SDK's own collectors in memory."""
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    tracers = TracerProvider(shutdown_on_exit=False)
    tracers.add_span_processor(SimpleSpanProcessor(InMemorySpanExporter()))
    meters = MeterProvider([InMemoryMetricReader()], shutdown_on_exit=False)
    return TelemetryObserver(TelemetryOptions(), tracers=tracers, meters=meters)


async def unchanged(texts: AsyncIterator[str]) -> AsyncGenerator[str, None]:
    """Filter nothing."""
    async for text in texts:
        yield text


OBSERVERS: dict[str, Callable[[], list[Observer[Any]]]] = {
    "one that only reads": lambda: [Reader(Options())],
    "ten that only read": lambda: [Reader(Options()) for _ in range(10)],
    "what `transcript` does, unwritten": lambda: [Writer(Options())],
    "`opentelemetry`, kept in memory": lambda: [telemetry()],
}
REPEATS, ROUNDS = 100, 5


async def talk(turns: int) -> list[ConversationEvent]:
    """Run a conversation; return its events."""
    async with converse(chat=ScriptedChatModel([REPLY])) as user:
        for _ in range(turns):
            await user.says(QUESTION)
            await user.is_answered()
    return user.events


async def tell(events: list[ConversationEvent], observers: list[Observer[Any]]) -> float:
    """Send a conversation to observers, a turn's events at a time; return the CPU seconds that it took."""
    for observer in observers:
        await observer.start()
    watchers = [NamedObserver("measured", observer) for observer in observers]
    began = time.process_time()
    for number in range(REPEATS):
        info = ConversationInfo(str(number), "Bot", "en", datetime(2026, 11, 24, tzinfo=UTC))
        stream = EventStream()
        async with ObserverGroup(watchers, info, stream, Redaction((), Settings())):
            for event in events:
                stream.publish(event)
                if isinstance(event, BotTurnEnded):
                    await asyncio.sleep(0)
    return time.process_time() - began


async def pass_on(filters: int) -> float:
    """Let a reply pass through filters; return the CPU seconds that it took."""

    async def deltas() -> AsyncGenerator[str, None]:
        for word in REPLY.split():
            yield word

    began = time.process_time()
    for _ in range(REPEATS):
        chain = ReplyFilterChain([NamedFilter("measured", unchanged)] * filters)
        async with chain.applied(deltas()) as texts:
            async for _ in texts:
                pass
    return time.process_time() - began


def least(work: Callable[[], Coroutine[Any, Any, float]]) -> float:
    """Return the least that some work took, of a few times."""

    def once() -> float:
        with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
            return runner.run(work())

    return min(once() for _ in range(ROUNDS))


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--turns", type=int, default=20)
    turns: int = parser.parse_args().turns
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        runner.run(talk(2))
        began = time.process_time()
        events = runner.run(talk(turns))
        engine = (time.process_time() - began) / turns
    a_turn = len(events) / turns
    print(f"a turn of the engine, all scripted: {engine * 1e3:.1f} ms, {a_turn:.0f} events")
    nobody = least(lambda: tell(events, []))
    print(f"\n{'observers':36}{'µs an event':>12}{'µs a turn':>12}{'of the turn':>14}")
    for name, make in OBSERVERS.items():
        each = (least(lambda make=make: tell(events, make())) - nobody) / REPEATS / len(events)
        print(f"{name:36}{each * 1e6:12.2f}{each * a_turn * 1e6:12.1f}{each * a_turn / engine:14.2%}")
    pieces = REPEATS * len(REPLY.split())
    alone = least(lambda: pass_on(0))
    print(f"\n{'reply filters that change nothing':36}{'µs a piece':>12}")
    for count in (1, 3):
        each = (least(lambda count=count: pass_on(count)) - alone) / pieces
        print(f"{count:<36}{each * 1e6:12.2f}")


if __name__ == "__main__":
    main()
