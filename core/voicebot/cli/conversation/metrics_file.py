"""`run --metrics FILE`: a line of JSON for each turn, with its timings, and what it used."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

import click

from voicebot.cli.output.errors import show_warning
from voicebot.cli.resources.stdio_files import open_to_append
from voicebot.events import ConversationEvent, ProviderUsed, TurnTimed
from voicebot.plain_text import printable_json


class MetricsFile:
    """Appends to a file, so that several conversations can share it; use it as a context manager.

    Entering raises `click.ClickException` if the file cannot be opened. If writing fails later, the user is
    warned once and nothing more is written: the conversation is more important.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._failed = False
        self._used: list[ProviderUsed] = []
        """What was used since the turn before."""

    def __enter__(self) -> Self:
        try:
            self._file = open_to_append(self._path)
        except OSError as error:
            raise click.ClickException(f"cannot write {self._path}: {error.strerror}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with suppress(OSError):  # failures to write have been reported
            self._file.close()

    def show(self, event: ConversationEvent) -> None:
        """Write the line of a finished turn."""
        if isinstance(event, ProviderUsed):
            self._used.append(event)
        if isinstance(event, TurnTimed) and not self._failed:
            used, self._used = self._used, []
            sums = {
                "heard_seconds": round(sum((each.seconds for each in used), 0.0), 3),
                "spoken_characters": sum(each.characters for each in used),
            }
            try:
                self._file.write(printable_json(asdict(event) | sums, ascii_only=True) + "\n")
                self._file.flush()
            except OSError as error:
                self._failed = True
                show_warning(
                    f"{self._path}: cannot be written: {error.strerror or error}; "
                    "this conversation's metrics end here"
                )
