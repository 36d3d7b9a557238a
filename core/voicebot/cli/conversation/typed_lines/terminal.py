"""The terminal for typing: whether it is in the foreground, and how it is restored.

The system stops a program in the background of a shell when it reads from the terminal or changes it.
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
"""Seconds between checks whether the program is in the foreground again."""
_INPUT, _LOCAL, _CHARACTERS = 0, 3, 6  # indexes into the result of `termios.tcgetattr`


def is_typed_at() -> bool:
    """Return whether standard input is a terminal."""
    return sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()


def gives_lines() -> bool:
    """Return whether lines can be awaited in the event loop."""
    return sys.platform != "win32"


def in_foreground() -> bool:
    """Return whether this program is in the foreground, and receives what is typed."""
    return is_in_foreground(sys.stdin.fileno())


async def wait_for_foreground() -> None:
    """Wait until this program is in the foreground."""
    while not in_foreground():  # noqa: ASYNC110 - there is no event for it
        await asyncio.sleep(_POLLED)


class Claim:
    """The terminal while the program reads typed input; restored however the program ends.

    Input that was not read by then is discarded: it was meant for the bot, and the shell would execute it.
    """

    def __init__(self) -> None:
        self._descriptor = sys.stdin.fileno()
        self._before: Any = None
        if sys.platform != "win32":
            # The program may leave the foreground between the check and the read.
            with suppress(ValueError):  # only possible in the main thread
                signal.signal(signal.SIGTTIN, signal.SIG_IGN)
        signals.call_at_exit(self._restore_at_exit)

    @contextmanager
    def keys(self) -> Iterator[None]:
        """Read each key at once, without echo, while the block runs; Ctrl-C and Ctrl-Z still send signals."""
        if sys.platform != "win32" and in_foreground():
            with suppress(termios.error):
                # Only once: a shell may leave the terminal in the state in which the program was stopped.
                self._before = self._before or termios.tcgetattr(self._descriptor)
                self._set(self._for_keys())
        try:
            with signals.without_echo():
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
        attributes[_CHARACTERS][termios.VQUIT] = bytes([nothing])  # it would not restore the terminal
        return attributes

    def _restore(self) -> None:
        if self._before is not None and in_foreground():
            self._set(self._before)

    def _set(self, attributes: Any) -> None:
        with suppress(termios.error):  # it is gone
            termios.tcsetattr(self._descriptor, termios.TCSANOW, attributes)

    def _restore_at_exit(self) -> None:
        if not in_foreground():
            return
        self._restore()
        if sys.platform != "win32":
            with suppress(termios.error):
                termios.tcflush(self._descriptor, termios.TCIFLUSH)
