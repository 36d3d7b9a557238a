"""Standard output and standard error as the process has them, wherever they lead to.

A write to standard output that fails says what failed; one to standard error never fails, for there would
be nobody to tell. What is written to them is made printable before, by `voicebot.cli.output.printing`.
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
    """Raises with its name when it cannot be written to; one without a name then leads to nowhere."""

    failed = False
    known_as: str | None = None

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
        """Lead to nowhere from now on, with what waits to be written too."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)

    def _fail(self, error: OSError) -> None:
        self.failed = True
        if self.known_as is None:
            self.drop()
            return
        reason = f"cannot be written: {error.strerror or error}"
        raise OSError(error.errno, reason, self.known_as) from error


_outputs: list[_Checked] = []
"""Standard output, once it is prepared; in `sys` something else takes its place."""


def prepare() -> None:
    """Put checked streams in the places of stdout and stderr, and something harmless where one is closed.

    A closed one would leave its number to the next file that is opened, and whoever prints would write there.
    """
    if sys.stdin is None:
        os.open(os.devnull, os.O_RDONLY)
    sys.stdout = _checked(sys.stdout, os.O_RDONLY, OUTPUT)  # read only: what is written there is an error
    sys.stderr = _checked(sys.stderr, os.O_WRONLY, None)


@contextmanager
def output_reserved() -> Iterator[int]:
    """Give a descriptor of standard output; what is printed there meanwhile goes to standard error.

    That holds for libraries and child processes too, for one word of theirs would spoil a sound file.
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
    """Return whether something that was printed is lost."""
    return any(stream.failed for stream in _outputs)


def drop_output() -> None:
    """Write no more to standard output: it cannot be written to, or nobody reads."""
    for stream in _outputs:
        stream.drop()


def _checked(stream: TextIO | None, mode: int, known_as: str | None) -> TextIO:
    errors = "replace"  # a bot may say what the terminal or pipe of some system has no characters for
    if stream is None:
        raw: Any = io.FileIO(os.open(os.devnull, mode), "w", closefd=False)
        checked = _Checked(io.BufferedWriter(raw), "utf-8", errors, line_buffering=True)
    elif isinstance(stream, io.TextIOWrapper):
        at_once, by_line, encoding = stream.write_through, stream.line_buffering, stream.encoding
        checked = _Checked(stream.detach(), encoding, errors, line_buffering=by_line, write_through=at_once)
    else:
        return stream  # somebody else's
    if known_as is not None:
        checked.known_as = known_as
        _outputs.append(checked)
    return checked
