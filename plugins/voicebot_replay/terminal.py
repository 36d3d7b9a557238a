"""A recording in the terminal as it happened, with where the time of each answer went."""

from __future__ import annotations

import asyncio
from math import inf

import click

from voicebot import BotConfig, ConversationEvent, Settings, TerminalView, TurnTimed
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
    events = sorted(recording.events(), key=lambda each: each.at)
    longest = longest_answer(events)
    loop = asyncio.get_running_loop()
    begun = loop.time()

    def now() -> float:
        return (loop.time() - begun) * speed

    with TerminalView(Settings(name=recording.name), now) as view:
        for event in events:
            await asyncio.sleep((event.at - now()) / speed)
            if isinstance(event, TurnTimed):
                for line in bars(event, longest) if event.turn else ():
                    view.note(click.unstyle(line))
            elif isinstance(event, ConversationEvent):
                view.show(event)
