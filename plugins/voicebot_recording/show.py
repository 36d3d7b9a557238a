"""`voicebot show`: recordings in the terminal."""

from __future__ import annotations

from pathlib import Path

import click

from voicebot import echo


@click.command()
@click.argument(
    "recordings", metavar="RECORDING...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
def command(recordings: tuple[Path, ...]) -> None:
    """Show recordings, and where the time of each turn went.

    RECORDING is a folder that `voicebot run --record` or the section `record` of a config has made. For each
    turn, bars show what the time from your last word to the answer was spent on, one after the other, each
    with the section or setting that decides how long it takes.
    """
    from voicebot_recording.opened import opened
    from voicebot_recording.waterfall import waterfall

    for number, folder in enumerate(recordings):
        recording = opened(folder)
        if number:
            echo()
        for line in waterfall(recording):
            echo(*line)
