"""Replays recordings: in the terminal as they happened, and through today's engine.

::

    command         the command `replay`
    terminal        a recording, shown in the terminal as it happened
    comparison      what happened then, and what happens now
    engine          the recorded user talks with today's engine: `voicebot_replay.engine.replay`
    providers       providers that answer what was answered then, as quickly
    exchanges       what providers were asked and answered then
    tuning          the command `tune`: which settings of turn-taking fit the recorded users best

It reads recordings by `voicebot_recording.reading`, which is public, and knows no other plugin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import Commands

voicebot_api = (1, 0)


@hookimpl
def voicebot_commands(commands: Commands) -> None:
    """Add the commands."""
    commands.add(
        "replay",
        "Replay a recording, as it was or through today's engine.",
        "voicebot_replay.command:command",
    )
    commands.add(
        "tune",
        "Recommend a turn detector and a patience, by your recordings.",
        "voicebot_replay.tuning.command:command",
    )
