"""The terminal as the line editor draws on it, and a file for text that appears above the line."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from voicebot.cli.output.printing import screen


class Screen:
    """The terminal as the editor draws on it; errors of a closed terminal are ignored."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.encoding = stream.encoding

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._stream.write(text.replace("\r\n", "\n"))  # the terminal converts line feeds by itself
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()

    def fileno(self) -> int:
        return self._stream.fileno()

    def isatty(self) -> bool:
        return self._stream.isatty()


class AboveInput:
    """A file for a console whose text appears above the line; it can be used from any thread."""

    encoding = "utf-8"

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()

    def write(self, text: str) -> int:
        if not text:  # the end of captured output
            return 0
        if threading.get_ident() == self._thread:
            self._write(text)
        else:
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._write, text)
        return len(text)

    def flush(self) -> None:
        """Do nothing: text is written at once."""

    def fileno(self) -> int:
        return screen().fileno()

    def isatty(self) -> bool:
        return True
