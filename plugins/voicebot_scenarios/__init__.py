"""`voicebot test`: scripted users talk to a bot in virtual time, and what must hold is checked.

The parts, each importing only from those after it::

    command, files      the command line, and the files that it names
    suite               the scenarios of one file, one after the other, with one bot
    dialogue            one scenario: what the user does, and when
    checks, judge       what must hold of a turn; the chat model's opinion of it
    results             the results, on the terminal and in a file for build servers
    observed            what happened in a conversation, turn by turn
    user                what the user says, and how it is heard
    scenario            the format of scenarios
    outside             providers whose work takes real time
    clock               a clock that skips the time in which nobody works
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
