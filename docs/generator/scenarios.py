"""scenarios.md: the format of scenarios, from the models that check it."""

from __future__ import annotations

from generator.markdown import code, joined
from generator.optionwords import option_table
from voicebot_scenarios.recordings import LATER
from voicebot_scenarios.scenario import Expect, ExpectedCall, Pause, Scenario, ScenarioFile, Turn
from voicebot_scenarios.user.hearing import DELAY

_INTRO = """
# Scenarios

A scenario is a YAML file for [`voicebot test`](commands.md#test): what a user says and does, and what
must hold. [Test a bot](../how-to/test-a-bot.md) shows how it is used. Mistakes are reported like those in
a config, all at once, and `${NAME}` stands for a variable as it does there.

## The file
"""
_SCENARIO = """
## scenarios

Each has a conversation of its own, with the same bot.
"""
_TURNS = """
## turns

If the bot greets, the first turn begins after that, unless it interrupts the greeting. A turn is over
when the bot has said its answer to the end, or after `timeout` seconds.
"""
_PAUSE = """
An item of `user` that is not a text is a pause:
"""
_EXPECT = f"""
## expect

What the bot says in a turn is what the user heard of it, and belongs to the turn in which it began. Each key
is one check or several, and each check is one line of the output.
{code("user")}, {code("turns")}, {code("expect")}, {code("scenarios")}, {code("calls")}, {code("name")}
and {code("args")} mean the same as in the evals of Pipecat; times are in seconds, like all others here.
"""
_CALLS = """
## calls
"""
_TIME = f"""
## Time

The clock skips the time in which everybody waits for it, so a minute of talk takes moments. It counts:

- what is said, as long as it sounds, and pauses, exact to the sample of a microphone with 16,000 a
  second;
- what chat model, voice, recogniser, turn detector and tools do elsewhere (over the network, in another
  process, in a thread of their own), as long as it really takes;
- nothing for what this program computes in the event loop or in threads of an executor, such as a voice
  of `espeak`, so that a busy machine does not change the result. A tool that runs in a thread counts.

With providers that are elsewhere, times vary from run to run as they do for users. With `script`,
`espeak` and the turn detectors that come with voicebot, a scenario without `speech` gives the same times
on each run.

Without `speech`, each word is recognised {DELAY:g} seconds after it has been said, and the final words
{DELAY:g} seconds after they were asked for. Turn detectors then get no sound: `judgement` and
`transcript` go by the words, and `smart-turn`, which only listens, waits as long as `patience` allows.
With `speech`, the recogniser and the voice activity detector of the config hear the voice, and while it
speaks, the clock is that of the world. With `understood` too, only the voice activity detector and the
turn detector hear it.

The observers of the config, and its section `record`, are left out. `redact` holds for what `--record` keeps.

## Recordings

A recording is a test without a scenario. The recorded user talks with today's engine, and recogniser,
chat model, voice and tools answer what they answered then, after as long. For each turn of the user, as
the recording shows where it really ended, these must hold (prices, and files that tools and those
providers need, may be gone):

- no new cut-off: the bot is not heard before the user has finished more often than it was then;
- answers at most {LATER * 1000:.0f} ms later, and still answers; if the reply was not asked for then, how
  long it takes is a guess, so that it is late only if the bot also decided later to give it;
- calls the same tools, with the same arguments.
"""


def page() -> str:
    """Return the page."""
    return joined(
        _INTRO,
        option_table(ScenarioFile, nested=False),
        _SCENARIO,
        option_table(Scenario, nested=False),
        _TURNS,
        option_table(Turn, nested=False),
        _PAUSE,
        option_table(Pause, nested=False),
        _EXPECT,
        option_table(Expect, nested=False),
        _CALLS,
        option_table(ExpectedCall, nested=False),
        _TIME,
    )
