"""The signals that ask the program to end: Ctrl-C, SIGTERM, and SIGHUP when its terminal is closed."""

from __future__ import annotations

import os
import signal
from types import FrameType

ENDING = tuple(
    signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP") if name in signal.Signals.__members__
)
_SIGNALLED = 128  # what a shell adds to the number of the signal that ended a program
_received: list[int] = []


def install() -> None:
    """Let SIGTERM and SIGHUP do what Ctrl-C does at that moment; one that is ignored (`nohup`) stays so.

    Process 1 of a container needs this more than others: the system discards what it has no handler for.
    """
    for number in ENDING:
        if number != signal.SIGINT and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def note(number: int) -> None:
    """Take note that a signal came; the first one makes the exit status."""
    _received.append(number)


def received() -> bool:
    """Return whether a signal came."""
    return bool(_received)


def status() -> int:
    """Return the exit status of a program that a signal ended: 130 for Ctrl-C."""
    return _SIGNALLED + (_received[0] if _received else signal.SIGINT)


def end_at_once() -> None:
    """From now on let a signal end the process where it stands: nothing is left that must not be cut off."""
    for number in ENDING:
        if callable(signal.getsignal(number)):
            signal.signal(number, _exit)


def _interrupt(number: int, frame: FrameType | None) -> None:
    note(number)
    interrupt = signal.getsignal(signal.SIGINT)
    if not callable(interrupt):  # Ctrl-C is ignored, as in the background of a shell
        raise KeyboardInterrupt
    interrupt(number, frame)


def _exit(number: int, _: FrameType | None) -> None:
    note(number)
    os._exit(status())
