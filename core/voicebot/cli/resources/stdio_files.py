"""`-` on the command line: standard input and standard output instead of files."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from voicebot.cli.output.printing import is_terminal
from voicebot.cli.process import streams
from voicebot.errors import DeviceError, leaves

DASH = Path("-")
INPUT = "standard input"
_DESCRIPTORS = Path("/dev/fd")


@contextmanager
def readable(path: Path) -> Iterator[Path]:
    """Yield a file to read; standard input is first read to its end into a temporary file."""
    if path != DASH:
        yield path
        return
    import shutil
    import tempfile

    if sys.stdin is None or sys.stdin.isatty():
        raise click.UsageError(
            "standard input is a terminal; redirect a recording to it, such as < question.wav"
        )
    with tempfile.TemporaryDirectory(prefix="voicebot-") as folder:
        copy = Path(folder) / INPUT
        with copy.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        with _renamed_in_errors(copy, INPUT):
            yield copy


@contextmanager
def writable(path: Path, example: str = "answer.wav") -> Iterator[Path]:
    """Yield a file to write to; if it is standard output, everything printed meanwhile goes to stderr.

    Args:
        example: a file name to suggest in an error message.
    """
    if path != DASH:
        yield path
        return
    if is_terminal():
        raise click.UsageError(f"standard output is a terminal; redirect it, such as > {example}")
    with streams.output_reserved() as descriptor:
        file = _DESCRIPTORS / str(descriptor)
        with _renamed_in_errors(file, streams.OUTPUT):
            yield file


def open_to_append(path: Path) -> TextIO:
    """Open a file from `writable` to append text; a stream is written at its current position."""
    if path.parent == _DESCRIPTORS and path.name.isdecimal():
        return open(os.dup(int(path.name)), "w", encoding="utf-8")
    return path.open("a", encoding="utf-8")


def display_name(path: Path) -> str:
    """Return what messages call an input file."""
    return INPUT if path == DASH else str(path)


@contextmanager
def _renamed_in_errors(path: Path, name: str) -> Iterator[None]:
    """Let a device's errors name the stream instead of the file that replaces it."""
    try:
        yield
    except Exception as error:
        for cause in leaves(error):
            reason = cause.__cause__
            if isinstance(reason, OSError) and reason.errno == errno.EPIPE:
                raise reason from None  # nobody reads any more, which ends the program silently
            if isinstance(cause, DeviceError) and str(path) in str(cause):
                raise DeviceError(str(cause).replace(str(path), name)) from cause
        raise
