"""Standard output and standard error of the process, wherever they are redirected.

A failed write to standard output raises an error that names it. A write to standard error never fails, since
there would be nowhere to report it. `voicebot.cli.output.printing` makes text printable before it is written.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

OUTPUT = "standard output"


class _Checked(io.TextIOWrapper):
    """Raises an error with its label if it cannot be written to; without one, it discards its output."""

    failed = False
    label: str | None = None

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError as error:
            self._fail(error)
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            self._fail(error)

    def drop(self) -> None:
        """Discard all further output, and what is still buffered."""
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, self.fileno())
        os.close(null)

    def _fail(self, error: OSError) -> None:
        self.failed = True
        if self.label is None:
            self.drop()
            return
        reason = f"cannot be written: {error.strerror or error}"
        raise OSError(error.errno, reason, self.label) from error


_outputs: list[_Checked] = []
"""Standard output, once it is prepared; `sys.stdout` may hold a wrapper of it."""


def prepare() -> None:
    """Replace stdout and stderr by checked streams, and closed ones by the null device.

    The descriptor of a closed stream would be reused for the next file opened, and prints would go there.
    """
    if sys.stdin is None:
        os.open(os.devnull, os.O_RDONLY)
    sys.stdout = _checked(sys.stdout, os.O_RDONLY, OUTPUT)  # read only, so that writing is an error
    sys.stderr = _checked(sys.stderr, os.O_WRONLY, None)


@contextmanager
def output_reserved() -> Iterator[int]:
    """Yield a descriptor of standard output; meanwhile, what is printed goes to standard error.

    This includes libraries and child processes, since a single word would corrupt a sound file.
    """
    sys.stdout.flush()
    output = sys.stdout.fileno()
    reserved = os.dup(output)
    os.dup2(sys.stderr.fileno(), output)
    try:
        yield reserved
    finally:
        sys.stdout.flush()
        os.dup2(reserved, output)
        os.close(reserved)


def output_failed() -> bool:
    """Return whether something printed was lost."""
    return any(stream.failed for stream in _outputs)


def drop_output() -> None:
    """Discard further output to stdout: it cannot be written to, or nobody reads it."""
    for stream in _outputs:
        stream.drop()


def _checked(stream: TextIO | None, mode: int, label: str | None) -> TextIO:
    errors = "replace"  # a bot may use characters that the encoding of a terminal or pipe lacks
    if stream is None:
        raw: Any = io.FileIO(os.open(os.devnull, mode), "w", closefd=False)
        checked = _Checked(io.BufferedWriter(raw), "utf-8", errors, line_buffering=True)
    elif isinstance(stream, io.TextIOWrapper):
        at_once, by_line, encoding = stream.write_through, stream.line_buffering, stream.encoding
        checked = _Checked(stream.detach(), encoding, errors, line_buffering=by_line, write_through=at_once)
    else:
        return stream  # replaced by somebody else
    if label is not None:
        checked.label = label
        _outputs.append(checked)
    return checked
