"""Opening recordings that a command line names."""

from __future__ import annotations

from pathlib import Path

import click

from voicebot import echo, styled
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


def warn(warning: str) -> None:
    """Write a warning to stderr."""
    echo(styled("warning:", fg="yellow"), f" {warning}", err=True)
