"""Typed lines instead of speech, to develop a bot in silence or without a sound card."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TextIO

from voicebot import AudioDevice, AudioStream, DeviceError, DeviceEvent, Options, TypedLine

# Lines read ahead of the conversation: a file of a million lines must not fill the memory.
_AHEAD = 64


class KeyboardOptions(Options):
    """The `keyboard` device has no options."""


class KeyboardDevice(AudioDevice[KeyboardOptions]):
    """Standard input, line by line; the bot's answers are shown, not spoken."""

    text_only = True
    _reader: _LineReader | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[AudioStream]:
        """Read lines until the end of the input (Ctrl-D, on Windows Ctrl-Z and Enter)."""
        if sys.stdin is None or sys.stdin.closed:
            raise DeviceError("keyboard: nothing to read from: standard input is closed")
        # One reader per process: a read cannot be undone, so a second conversation would lose its first
        # line to the reader of the first.
        self._reader = self._reader or _LineReader(sys.stdin)
        yield _KeyboardStream(self._reader, live=sys.stdin.isatty())


class _KeyboardStream(AudioStream):
    def __init__(self, reader: _LineReader, *, live: bool) -> None:
        self._reader = reader
        # Piped lines wait for the bot; a person who types may interrupt it.
        self.live = live

    async def __aiter__(self) -> AsyncGenerator[DeviceEvent, None]:
        while (line := await self._reader.next_line()) is not None:
            if text := line.strip():
                yield TypedLine(text)


class _LineReader:
    """Reads in a daemon thread, which blocks neither the loop, nor Ctrl-C, nor the end of the process."""

    def __init__(self, stdin: TextIO) -> None:
        try:
            # A file object of its own: at exit, the interpreter closes sys.stdin, and crashes if a thread
            # that still reads from it holds its lock.
            self._lines: TextIO = open(  # noqa: SIM115
                stdin.fileno(), encoding=stdin.encoding, errors="replace", closefd=False
            )
        except OSError:  # an io.StringIO and the like
            self._lines = stdin
        self._read: deque[str | None] = deque()
        self._ahead = threading.Semaphore(_AHEAD)
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        self._lock = threading.Lock()
        threading.Thread(target=self._run, name="voicebot keyboard", daemon=True).start()

    async def next_line(self) -> str | None:
        """Return the next line; None from the end of the input on."""
        while True:
            with self._lock:
                if self._read:
                    if self._read[0] is None:
                        return None
                    self._ahead.release()
                    return self._read.popleft()
                arrived = asyncio.Event()
                self._waiting.append((asyncio.get_running_loop(), arrived))
            await arrived.wait()

    def _run(self) -> None:
        line: str | None = ""
        while line is not None:
            self._ahead.acquire()
            try:
                line = self._lines.readline() or None
            except (OSError, ValueError):  # the terminal is gone: there is no more input
                line = None
            with self._lock:
                self._read.append(line)
                waiting, self._waiting = self._waiting, []
            for loop, arrived in waiting:
                # The loop is closed: the line waits for the next conversation.
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(arrived.set)
