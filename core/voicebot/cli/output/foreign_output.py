"""What plugins, their libraries and tools print: while a command runs, it goes to the log.

Standard output is for what the command itself has to say: a dialogue, a transcript, JSON. Only what is
written through Python's `sys.stdout` is caught; a program that a tool starts, or a library in C, writes to
the file descriptor.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from typing import TextIO

from voicebot.cli.output.printing import PrintableStream

logger = logging.getLogger(__name__)
_LONGEST = 10_000
"""Characters after which a line is logged before it ends."""


class LoggedStream(PrintableStream):
    """Logs what is written to it, line by line; each thread has lines of its own."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._thread = threading.local()
        self._unfinished: dict[threading.Thread, str] = {}
        """The line that each thread has begun and not ended."""

    def write(self, text: str) -> int:
        """Log the lines that end in a text, and keep the rest for the next one."""
        if getattr(self._thread, "logs", False):  # a handler of the log writes to stdout
            return super().write(text)
        this = threading.current_thread()
        *lines, rest = f"{self._unfinished.pop(this, '')}{text}".split("\n")
        if len(rest) > _LONGEST:
            lines, rest = [*lines, rest], ""
        if rest:
            self._unfinished[this] = rest
        for line in lines:
            self._log(line)
        self._log_rest_of(each for each in tuple(self._unfinished) if not each.is_alive())
        return len(text)

    def log_rest(self) -> None:
        """Log the lines that were begun and not ended."""
        self._log_rest_of(tuple(self._unfinished))

    def _log_rest_of(self, threads: Iterable[threading.Thread]) -> None:
        for thread in threads:
            self._log(self._unfinished.pop(thread, ""))

    def _log(self, line: str) -> None:
        self._thread.logs = True
        try:
            if line.strip():
                logger.info("%s", line)
        finally:
            self._thread.logs = False
