"""What is written to standard output, by Python or below it."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

_STDOUT = 1


@contextmanager
def captured_output() -> Iterator[list[str]]:
    """Collect what is written to standard output during the block; the list is filled at its end."""
    written: list[str] = []
    printed = io.StringIO()
    kept = os.dup(_STDOUT)
    try:
        with tempfile.TemporaryFile() as file:
            os.dup2(file.fileno(), _STDOUT)
            try:
                with redirect_stdout(printed):
                    yield written
            finally:
                os.dup2(kept, _STDOUT)
            file.seek(0)
            below = file.read().decode(errors="replace")
    finally:
        os.close(kept)
    written += [text for text in (printed.getvalue(), below) if text]
