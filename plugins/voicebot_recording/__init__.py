"""Recordings of conversations: one folder each, with events, sound and config.

::

    show            the command `show`
    cost            the command `cost`
    report          the command `report`
    arguments       what these take
    waterfall       the turns of a recording, and where their time went, as lines of a terminal
    opened          recordings that a command line names
    dialogue        what was said in a recording and what happened, for both
    word_times      when each word was said
    observer        an observer of all conversations of a bot, made from the section `record`
    writing         one recording, while it grows
    shelf           the folder of recordings, and how much is kept
    reading         a recording, opened
    format          the lines of an event log, for both
    options         the section `record`
    disk            whether there is room for recordings
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import BotConfig, Commands, Observer, Registry

voicebot_api = (1, 0)


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register the section."""
    registry.add_section("record", "voicebot_recording.options:RecordOptions")


@hookimpl
def voicebot_commands(commands: Commands) -> None:
    """Add the commands that read recordings."""
    commands.add(
        "show", "Show recordings, and where the time of each turn went.", "voicebot_recording.show:command"
    )
    commands.add(
        "cost",
        "Show what recorded conversations used, and what that cost.",
        "voicebot_recording.cost:command",
    )
    commands.add(
        "report",
        "Make a page of recordings: words, sound, and where the time went.",
        "voicebot_recording.report.command:command",
    )


@hookimpl
def voicebot_observe(config: BotConfig) -> Observer[Any] | None:
    """Record each conversation of a bot whose config says so."""
    options = config.sections.get("record")
    if options is None:
        return None
    from voicebot_recording.observer import Recorder
    from voicebot_recording.options import RecordOptions

    assert isinstance(options, RecordOptions)
    return Recorder(options, config)
