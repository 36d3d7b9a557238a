"""Measure how long an answer takes that needs a tool, and what tools cost that are not used.

    python tests/benchmarks/tool_waits.py [--turns N]

A conversation is held in virtual time: the chat model takes 0.3 s to its first word, before the call and
after it, the tool 0.4 s, and the voice 0.15 s. Beside the engine's times, there are those of two other
policies with the same delays. *Asked again* withdraws a prepared reply that wants a tool, and asks again when
the turn is over; *waits* keeps what was written, and runs the tool when the turn is over. Then the CPU time
of a turn is compared without tools and with 20 that are not called, in pairs of conversations of ten turns.
It prints figures and never fails.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
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
PER_PAIR = 10
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


def cost(tools: ScriptedToolset | None) -> float:
    """Return the CPU time of a turn in milliseconds."""
    began = time.process_time()
    run(0.6, PER_PAIR, tools, calls=False)
    return 1000 * (time.process_time() - began) / PER_PAIR


def costs(turns: int) -> None:
    """Print what a turn costs without tools, and how much more with 20 that are not called."""
    unused = [(Tool(f"tool_{number}", "Does something.", SCHEMA), "done") for number in range(20)]
    tools = ScriptedToolset(unused)
    cost(None), cost(tools)
    count = max(2, turns // PER_PAIR)
    pairs = [
        (cost(None), cost(tools)) if number % 2 else (cost(tools), cost(None))[::-1]
        for number in range(count)
    ]
    more = statistics.quantiles([after - before for before, after in pairs], n=4)
    print(f"CPU time of a turn without tools: {statistics.median(before for before, _ in pairs):.2f} ms")
    quartiles = f"quartiles {more[0]:.2f} and {more[2]:.2f}"
    print(f"with 20 tools, it is {more[1]:.2f} ms more ({quartiles}, {count} pairs of {PER_PAIR} turns)")


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=400)
    turns = parser.parse_args().turns
    waits(min(turns, 8))
    costs(turns)


if __name__ == "__main__":
    main()
