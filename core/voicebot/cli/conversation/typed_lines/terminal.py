"""The terminal that is typed at: whose it is at the moment, and how it is given back.

A program in the background of a shell that reads from the terminal, or changes it, is stopped by the system.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from voicebot.cli.output.printing import is_in_foreground
from voicebot.cli.process import signals

if sys.platform != "win32":
    import termios

_POLLED = 0.5
"""Seconds between looks at whether the program is in the foreground again."""
_INPUT, _LOCAL, _CHARACTERS = 0, 3, 6  # places in what `termios.tcgetattr` returns


def is_typed_at() -> bool:
    """Return whether standard input is a terminal."""
    return sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()


def gives_lines() -> bool:
    """Return whether whole lines can be waited for beside other things."""
    return sys.platform != "win32"


def in_foreground() -> bool:
    """Return whether what is typed is for this program, and not for another or the shell."""
    return is_in_foreground(sys.stdin.fileno())


async def wait_for_foreground() -> None:
    """Return when what is typed is for this program."""
    while not in_foreground():  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(_POLLED)


class Claim:
    """The terminal while the program reads what is typed; given back, however the program ends.

    What is typed and not read by then is thrown away: it was meant for the bot, and the shell would run it.
    """

    def __init__(self) -> None:
        self._descriptor = sys.stdin.fileno()
        self._before: Any = None
        if sys.platform != "win32":
            # Between a look at who is in the foreground and a read there is a moment.
            with suppress(ValueError):  # another thread may not
                signal.signal(signal.SIGTTIN, signal.SIG_IGN)
        signals.at_end(self._give_back)

    @contextmanager
    def keys(self) -> Iterator[None]:
        """Let each key be read at once, unseen, while the block runs; Ctrl-C and Ctrl-Z stay signals."""
        if sys.platform != "win32" and in_foreground():
            with suppress(termios.error):
                # Only once: a shell may leave the terminal as it was when it stopped the program.
                self._before = self._before or termios.tcgetattr(self._descriptor)
                self._set(self._for_keys())
        try:
            with signals.keys_unseen():
                yield
        finally:
            self._restore()

    def _for_keys(self) -> Any:
        attributes = [*self._before[:_CHARACTERS], list(self._before[_CHARACTERS])]
        attributes[_INPUT] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
        attributes[_LOCAL] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
        attributes[_CHARACTERS][termios.VMIN] = 1
        attributes[_CHARACTERS][termios.VTIME] = 0
        nothing = os.fpathconf(self._descriptor, "PC_VDISABLE")
        attributes[_CHARACTERS][termios.VQUIT] = bytes([nothing])  # it would leave the terminal as it is
        return attributes

    def _restore(self) -> None:
        if self._before is not None and in_foreground():
            self._set(self._before)

    def _set(self, attributes: Any) -> None:
        with suppress(termios.error):  # it is gone
            termios.tcsetattr(self._descriptor, termios.TCSANOW, attributes)

    def _give_back(self) -> None:
        if not in_foreground():
            return
        self._restore()
        if sys.platform != "win32":
            with suppress(termios.error):
                termios.tcflush(self._descriptor, termios.TCIFLUSH)
