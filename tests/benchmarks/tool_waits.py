"""Measure how long an answer takes that needs a tool, and what tools cost that are not used.

    python tests/benchmarks/tool_waits.py [--turns N]

A conversation is held in virtual time: the chat model takes 0.3 s to its first word, before the call and
after it, the tool 0.4 s, and the voice 0.15 s. Beside the engine's times, there are those of two other
policies with the same delays. *Asked again* withdraws a prepared reply that wants a tool, and asks again when
the turn is over; *waits* keeps what was written, and runs the tool when the turn is over. Then the CPU time
of a turn is compared without tools and with 20 that are not called. It prints figures and never fails.
"""

from __future__ import annotations

import argparse
import asyncio
import time

from voicebot import Settings, Tool, ToolCall, TurnTimed
from voicebot.config.schema import TurnOptions
from voicebot.testing import (
    Pause,
    ScriptedChatModel,
    ScriptedSynthesizer,
    ScriptedToolset,
    VirtualClockLoop,
    converse,
)

MODEL, TOOL, VOICE = 0.3, 0.4, 0.15
WAITS = (0.3, 0.6, 0.8, 1.0, 1.6)
WEATHER = Tool("weather", "Tells the weather.", effect="reads")
SCHEMA = {"type": "object", "properties": {name: {"type": "string"} for name in ("a", "b", "c")}}


async def times(
    patience: float, turns: int, tools: ScriptedToolset | None, *, calls: bool
) -> list[TurnTimed]:
    """Return the times of a conversation's turns."""
    replies = [[ToolCall("a", "weather", "{}")], "It is sunny."] if calls else ["It is sunny."]
    chat = ScriptedChatModel(replies * turns, first_token=MODEL, tokens_per_second=1000)
    settings = Settings(turns=TurnOptions(patience=patience))
    voice = ScriptedSynthesizer(first_byte=VOICE)
    toolsets = [] if tools is None else [tools]
    async with converse(chat=chat, toolsets=toolsets, settings=settings, synthesizer=voice) as user:
        for _ in range(turns):
            await user.says("what is the weather")
            await user.is_answered()
            await user.waits(0.5)
    return [event for event in user.events if isinstance(event, TurnTimed)]


def run(patience: float, turns: int, tools: ScriptedToolset | None, *, calls: bool) -> list[TurnTimed]:
    """Hold a conversation in virtual time."""
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        return runner.run(times(patience, turns, tools, calls=calls))


def waits(turns: int) -> None:
    """Print how long the user waits for the first sound, from the end of speech."""
    print("seconds from the end of speech to the first sound, tool that reads:")
    print("patience   ours  bound  waits  asked again")
    for patience in WAITS:
        timed = run(patience, turns, ScriptedToolset([(WEATHER, [Pause(TOOL), "sunny"])]), calls=True)[-1]
        stopped, prepared, decided = timed.speech_stopped, timed.prepared_at, timed.decided
        assert stopped is not None
        assert decided is not None
        assert timed.first_sound is not None
        begins = (decided if prepared is None else prepared) - stopped
        over = decided - stopped
        bound = max(over, begins + MODEL + TOOL + MODEL + VOICE)
        waiting = max(over, begins + MODEL) + TOOL + MODEL + VOICE
        again = over + MODEL + TOOL + MODEL + VOICE
        ours = timed.first_sound - stopped
        print(f"{patience:8.1f} {ours:6.2f} {bound:6.2f} {waiting:6.2f} {again:6.2f}")


def costs(turns: int) -> None:
    """Print what a turn costs without tools, and with 20 that are not called."""
    unused = [(Tool(f"tool_{number}", "Does something.", SCHEMA), "done") for number in range(20)]
    for tools in ([], unused):
        toolset = ScriptedToolset(tools) if tools else None
        run(0.6, 5, toolset, calls=False)
        began = time.process_time()
        run(0.6, turns, toolset, calls=False)
        cost = (time.process_time() - began) / turns
        print(f"{len(tools):2} tools: {1000 * cost:.2f} ms of CPU time a turn (n={turns})")


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=40)
    turns = parser.parse_args().turns
    waits(min(turns, 8))
    costs(turns)


if __name__ == "__main__":
    main()
