"""Standard output and standard error as the commands have them, wherever they lead to.

A write to standard output that fails says what failed; one to standard error never fails, for there would
be nobody to tell.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Any, TextIO

OUTPUT = "standard output"


class _Guarded(io.TextIOWrapper):
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


def prepare() -> None:
    """Put guarded streams in the places of stdout and stderr, and something harmless where one is closed.

    A closed one would leave its number to the next file that is opened, and whoever prints would write there.
    """
    if sys.stdin is None:
        os.open(os.devnull, os.O_RDONLY)
    sys.stdout = _guarded(sys.stdout, os.O_RDONLY, OUTPUT)  # read only: what is written there is an error
    sys.stderr = _guarded(sys.stderr, os.O_WRONLY, None)


def output_failed() -> bool:
    """Return whether something that was printed is lost."""
    return isinstance(sys.stdout, _Guarded) and sys.stdout.failed


def drop_output() -> None:
    """Write no more to standard output: it cannot be written to, or nobody reads."""
    if isinstance(sys.stdout, _Guarded):
        sys.stdout.drop()


def _guarded(stream: TextIO | None, mode: int, known_as: str | None) -> TextIO:
    errors = "replace"  # a bot may say what the terminal or pipe of some system has no characters for
    if stream is None:
        raw: Any = io.FileIO(os.open(os.devnull, mode), "w", closefd=False)
        guarded = _Guarded(io.BufferedWriter(raw), "utf-8", errors, line_buffering=True)
    elif isinstance(stream, io.TextIOWrapper):
        at_once, by_line, encoding = stream.write_through, stream.line_buffering, stream.encoding
        guarded = _Guarded(stream.detach(), encoding, errors, line_buffering=by_line, write_through=at_once)
    else:
        return stream  # somebody else's
    guarded.known_as = known_as
    return guarded
