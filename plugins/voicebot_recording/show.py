"""`voicebot show`: recordings in the terminal."""

from __future__ import annotations

from pathlib import Path

import click

from voicebot import echo
from voicebot_recording.arguments import prices_option, recordings_argument


@click.command()
@recordings_argument
@prices_option
def command(recordings: tuple[Path, ...], prices: Path | None) -> None:
    """Show recordings, and where the time of each turn went.

    RECORDING is a folder that `voicebot run --record` or the section `record` of a config has made. For each
    turn, bars show what the time from your last word to the answer was spent on, one after the other, each
    with the section or setting that decides how long it takes. Below them is what the turn used of providers
    that cost something.
    """
    from voicebot import load_prices
    from voicebot_recording.opened import opened, prices_of
    from voicebot_recording.waterfall import waterfall

    own = None if prices is None else load_prices(prices)
    for number, folder in enumerate(recordings):
        recording = opened(folder)
        if number:
            echo()
        for line in waterfall(recording, prices_of(recording, own)):
            echo(*line)
