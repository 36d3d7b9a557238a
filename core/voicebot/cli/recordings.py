"""Sound files on the command line."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from voicebot.config.load import ProviderChoice

WAV = "wav"
_RATES = range(8_000, 192_001)


def wav_device(*, output_rate: int | None = None, **options: Any) -> ProviderChoice:
    """Select the device that hears and writes files; raise `ConfigError` where it is not installed."""
    from voicebot.config.load import choose

    if output_rate in _RATES:
        options["output_rate"] = output_rate
    return choose("device", WAV, options)


def show_written(path: Path) -> None:
    """Say what was written, and how many seconds of sound it holds."""
    if not path.is_file():  # a pipe
        return
    with wave.open(str(path), "rb") as recording:
        seconds = recording.getnframes() / recording.getframerate()
    click.echo(f"wrote {path} ({seconds:.1f} s)", err=True)
