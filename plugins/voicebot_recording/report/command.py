"""`voicebot report`: recordings as a page that opens from disk."""

from __future__ import annotations

from pathlib import Path

import click

from voicebot import echo, write_whole
from voicebot_recording.arguments import prices_option, recordings_argument

_LONG = 120.0
"""Seconds of sound whose encoding takes so long that one wonders what happens."""


@click.command()
@recordings_argument
@click.option(
    "-o",
    "--output",
    metavar="HTML",
    default="report.html",
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write the page to; one that exists is replaced.",
)
@prices_option
def command(recordings: tuple[Path, ...], output: Path, prices: Path | None) -> None:
    """Make a page of recordings: words, sound, and where the time went.

    RECORDING is a folder that `voicebot run --record` or the section `record` of a config has made. The page
    is one file that needs nothing else, and contains all that was said: share it as you would the recordings.
    """
    if not output.parent.is_dir():
        raise click.ClickException(f"{output}: there is no folder {output.parent}")
    from voicebot import load_prices
    from voicebot_recording.opened import opened, prices_of, warn
    from voicebot_recording.report.page import page

    own = None if prices is None else load_prices(prices)
    found = [opened(folder) for folder in recordings]
    seconds = sum(each.seconds for each in found if each.header.get("sound") is not None)
    if seconds >= _LONG:
        echo(f"encoding {seconds / 60:.0f} min of sound", err=True)
    try:
        text = page(found, lambda recording: prices_of(recording, own), warn)
        write_whole(output, text.encode(), private=True)
    except OSError as error:
        raise click.ClickException(f"{output}: cannot be written: {error.strerror or error}") from error
    echo(f"wrote {output} ({len(text.encode()) / 1_000_000:.1f} MB)", err=True)
