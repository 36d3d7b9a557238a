"""Opening recordings that a command line names."""

from __future__ import annotations

from pathlib import Path

import click

from voicebot import Prices, echo, load_prices, styled
from voicebot_recording.reading import Recording, RecordingError, open_recording


def opened(folder: Path) -> Recording:
    """Open a recording, and say on stderr what is missing of it.

    Raises:
        click.ClickException: it is no recording that can be read.
    """
    try:
        recording = open_recording(folder)
    except RecordingError as error:
        raise click.ClickException(str(error)) from error
    for warning in recording.warnings:
        warn(warning)
    return recording


def prices_of(recording: Recording, given: Prices | None) -> Prices:
    """Return prices that are given, or those of the file that the recorded config names.

    Raises:
        ConfigError: the file cannot be used.
    """
    if given is not None:
        return given
    try:
        named = recording.config().get("prices")
    except RecordingError:  # it was opened with a warning
        named = None
    if named is not None and not Path(named).is_file():
        warn(f"{recording.folder}: the prices of its config, {named}, are not there; --prices names others")
        named = None
    return load_prices(None if named is None else Path(named))


def warn(warning: str) -> None:
    """Write a warning to stderr."""
    echo(styled("warning:", fg="yellow"), f" {warning}", err=True)
