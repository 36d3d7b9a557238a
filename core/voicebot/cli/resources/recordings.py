"""Sound files on the command line."""

from __future__ import annotations

import os
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicebot.cli.output.printing import echo
from voicebot.cli.resources.stdio_files import DASH
from voicebot.errors import DeviceError, leaves

if TYPE_CHECKING:
    from voicebot.config.load import ProviderChoice

WAV = "wav"
_RATES = range(8_000, 192_001)


def wav_device(*, output_rate: int | None = None, **options: Any) -> ProviderChoice:
    """Select the device that reads and writes sound files; raise `ConfigError` if it is not installed."""
    from voicebot.cli.resources.configs import choose

    if output_rate in _RATES:
        options["output_rate"] = output_rate
    return choose("device", WAV, options)


@contextmanager
def written_atomically(path: Path) -> Iterator[Path]:
    """Yield a path to write to, which replaces `path` only if the block succeeds."""
    if not _can_be_replaced(path):  # a pipe, or something that the device will report
        yield path
        return
    target = path.resolve()  # a link's target is replaced, not the link
    unfinished = target.with_name(f".part-{target.name}")  # the suffix determines the format
    try:
        yield unfinished
        unfinished.replace(target)
    except Exception as error:
        for each in leaves(error):
            if isinstance(each, DeviceError):  # it names a file that the user did not
                each.args = (str(each).replace(str(unfinished), str(path)),)
        raise
    finally:
        unfinished.unlink(missing_ok=True)


def _can_be_replaced(path: Path) -> bool:
    if path.exists() and not (path.is_file() and os.access(path, os.W_OK)):
        return False
    return os.access(path.resolve().parent, os.W_OK)


def show_written(path: Path) -> None:
    """Print what was written, and how many seconds of sound it contains."""
    if path == DASH or not path.is_file():  # a pipe
        return
    with wave.open(str(path), "rb") as recording:
        seconds = recording.getnframes() / recording.getframerate()
    echo(f"wrote {path} ({seconds:.1f} s)", err=True)
