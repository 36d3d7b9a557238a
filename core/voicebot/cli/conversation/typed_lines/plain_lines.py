"""Whole lines from a terminal without cursor control, or if the dialogue is not written to a terminal."""

from __future__ import annotations

import asyncio
import os
import sys

from voicebot.cli.conversation.typed_lines import terminal
from voicebot.cli.conversation.typed_lines.stream import TypedStream

_MOST = 4096  # the longest line that a terminal delivers


class PlainLines:
    """Reads lines that were edited by the terminal itself."""

    def __init__(self) -> None:
        terminal.Claim()
        self._descriptor = sys.stdin.fileno()

    async def run(self, stream: TypedStream) -> None:
        """Hand over what is typed until the input ends (Ctrl-D)."""
        rest = b""
        while (read := await self._read()) != b"":
            *lines, rest = (rest + read).split(b"\n")
            for line in lines:
                stream.take(line.decode(sys.stdin.encoding, "replace"))
        stream.take(rest.decode(sys.stdin.encoding, "replace"))
        stream.end()

    async def _read(self) -> bytes:
        while True:
            await terminal.wait_for_foreground()
            await self._readable()
            try:
                if terminal.in_foreground():
                    return os.read(self._descriptor, _MOST)
            except OSError:
                if terminal.in_foreground():  # otherwise it has moved to the background
                    return b""

    async def _readable(self) -> None:
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        loop.add_reader(self._descriptor, readable.set)
        try:
            await readable.wait()
        finally:
            loop.remove_reader(self._descriptor)
