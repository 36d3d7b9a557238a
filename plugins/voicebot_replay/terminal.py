"""A recording in the terminal as it happened, with where the time of each answer went."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from math import inf

from voicebot import (
    BotConfig,
    ConversationDetail,
    ConversationEvent,
    Settings,
    TerminalView,
    TurnTimed,
    UnitSpoken,
)
from voicebot_recording.reading import Recording
from voicebot_recording.waterfall import bars, longest_answer


def play(recording: Recording, speed: float) -> None:
    """Show a recording as it happened.

    Args:
        speed: how many times as fast.
    """
    asyncio.run(_play(recording, speed))


def go_on(recording: Recording, config: BotConfig, turn: int) -> None:
    """Show how the conversation goes on with the providers of a config from a turn on.

    Raises:
        ProviderError: a provider does not start, or the conversation cannot go on.
        ReplayError: there is no such turn, or the config hides secrets.
    """
    asyncio.run(_go_on(recording, config, turn))


async def _go_on(recording: Recording, config: BotConfig, turn: int) -> None:
    from voicebot_replay.engine import rest

    with TerminalView(config.settings, lambda: inf) as view:  # what is said is shown at once
        await rest.go_on(recording, config, turn, view.show)


async def _play(recording: Recording, speed: float) -> None:
    events = _as_published(recording.events())
    longest = longest_answer(event for _, event in events)
    loop = asyncio.get_running_loop()
    begun = loop.time()

    def now() -> float:
        return (loop.time() - begun) * speed

    with TerminalView(Settings(name=recording.name), now) as view:
        for at, event in events:
            await asyncio.sleep((at - now()) / speed)
            if isinstance(event, TurnTimed):
                for line in bars(event, longest) if event.turn else ():
                    view.note(line)
            elif isinstance(event, UnitSpoken):  # the view waits until it becomes audible
                view.show(replace(event, at=now() + (event.at - now()) / speed))
            elif isinstance(event, ConversationEvent):
                view.show(event)


def _as_published(
    events: Iterable[ConversationEvent | ConversationDetail],
) -> list[tuple[float, ConversationEvent | ConversationDetail]]:
    """Return events in order of the seconds at which they were published, with these.

    A unit is published before it becomes audible, and may be cleared before that.
    """
    found: list[tuple[float, ConversationEvent | ConversationDetail]] = []
    latest = 0.0
    for event in events:
        at = latest if isinstance(event, UnitSpoken) else event.at
        latest = max(latest, at)
        found.append((at, event))
    return sorted(found, key=lambda each: each[0])
