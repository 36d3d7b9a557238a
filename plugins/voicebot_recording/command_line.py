"""What the commands that read recordings share: the option `--prices`, and recordings with their warnings."""

from __future__ import annotations

from pathlib import Path

import click

from voicebot import ConfigError, Prices, load_prices, printable
from voicebot_recording.reading import Recording, RecordingError, open_recording

prices_option = click.option(
    "--prices",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Prices of your own, which come before those that voicebot knows.",
)


def read_prices(path: Path | None) -> Prices:
    """Return the prices; raise `click.ClickException` if the file has mistakes."""
    try:
        return load_prices(path)
    except ConfigError as error:
        raise click.ClickException("\n".join(printable(str(each)) for each in error.problems)) from error


def opened(folder: Path) -> Recording:
    """Return a recording, and print what is missing of it; raise `click.ClickException` if it is none."""
    try:
        recording = open_recording(folder)
    except RecordingError as error:
        raise click.ClickException(str(error)) from error
    for warning in recording.warnings:
        click.echo(f"warning: {printable(warning)}", err=True)
    return recording
