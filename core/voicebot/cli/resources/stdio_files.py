"""`-` on the command line: standard input and standard output in the places of files."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from voicebot.cli.output.errors import leaves
from voicebot.cli.output.printing import is_terminal
from voicebot.cli.process import streams
from voicebot.errors import DeviceError

DASH = Path("-")
INPUT = "standard input"
_DESCRIPTORS = Path("/dev/fd")


@contextmanager
def readable(path: Path) -> Iterator[Path]:
    """Give a file to read; standard input is read to its end first, and is then one too."""
    if path != DASH:
        yield path
        return
    import shutil
    import tempfile

    if sys.stdin is None or sys.stdin.isatty():
        raise click.UsageError(
            "standard input is a terminal; lead a recording into it, as with < question.wav"
        )
    with tempfile.TemporaryDirectory(prefix="voicebot-") as folder:
        copy = Path(folder) / INPUT
        with copy.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        with _called(copy, INPUT):
            yield copy


@contextmanager
def writable(path: Path, example: str = "answer.wav") -> Iterator[Path]:
    """Give a file to write to; all that is printed goes to stderr while that is standard output.

    Args:
        example: a name for what is written.
    """
    if path != DASH:
        yield path
        return
    if is_terminal():
        raise click.UsageError(f"standard output is a terminal; lead it elsewhere, as with > {example}")
    with streams.output_reserved() as descriptor:
        file = _DESCRIPTORS / str(descriptor)
        with _called(file, streams.OUTPUT):
            yield file


def appending(path: Path) -> TextIO:
    """Open a file of `writable` to add text to it; a stream is written to where it is."""
    if path.parent == _DESCRIPTORS and path.name.isdecimal():
        return open(os.dup(int(path.name)), "w", encoding="utf-8")
    return path.open("a", encoding="utf-8")


def name_of(path: Path) -> str:
    """Return what to call a file that is read."""
    return INPUT if path == DASH else str(path)


@contextmanager
def _called(path: Path, name: str) -> Iterator[None]:
    """Let errors of a device name a stream and not the file that stands for it."""
    try:
        yield
    except Exception as error:
        for cause in leaves(error):
            reason = cause.__cause__
            if isinstance(reason, OSError) and reason.errno == errno.EPIPE:
                raise reason from None  # nobody reads any more, which ends a program in silence
            if isinstance(cause, DeviceError) and str(path) in str(cause):
                raise DeviceError(str(cause).replace(str(path), name)) from cause
        raise
