"""Sound files on the command line."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicebot.cli.output.printing import echo
from voicebot.cli.process.whole_files import written_whole
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
    """Yield a path to write sound to, which replaces `path` only if the block succeeds."""
    with written_whole(path) as unfinished:
        try:
            yield unfinished
        except Exception as error:
            for each in leaves(error):
                if isinstance(each, DeviceError):  # it names a file that the user did not
                    each.args = (str(each).replace(str(unfinished), str(path)),)
            raise


def show_written(path: Path) -> None:
    """Print what was written, and how many seconds of sound it contains."""
    if path == DASH or not path.is_file():  # a pipe
        return
    with wave.open(str(path), "rb") as recording:
        seconds = recording.getnframes() / recording.getframerate()
    echo(f"wrote {path} ({seconds:.1f} s)", err=True)
