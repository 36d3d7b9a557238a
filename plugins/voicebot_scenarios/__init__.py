"""`voicebot test`: scripted users talk to a bot in virtual time, and what must hold is checked.

The parts, each importing only from those after it::

    command                     the command line
    files                       scenarios and recordings that it names, found and read
    suite, recordings           the scenarios of one file, with one bot; a recording as a test
    dialogue, checks, judge     what the user does, and when; what must hold; the chat model's opinion
    observed, results, user     what happened; what came of it; what the user says, and how it is heard
    scenario, outside           the format of scenarios; providers whose work takes real time
    clock                       a clock that skips the time in which nobody works
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import Commands

voicebot_api = (1, 0)


@hookimpl
def voicebot_commands(commands: Commands) -> None:
    """Add the command."""
    commands.add(
        "test", "Hold scripted conversations with bots, and check them.", "voicebot_scenarios.command:command"
    )
