"""The signals that ask the program to end: Ctrl-C, SIGTERM, and SIGHUP when its terminal is closed.

Process 1 of a container needs handlers more than others: the system discards what it has none for. A signal
that is ignored when the program starts, as by `nohup`, stays so.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

ENDING = tuple(
    signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP") if name in signal.Signals.__members__
)
_exit_now = os._exit  # also while a plugin is loaded that is kept from doing so
_SIGNALLED = 128  # what a shell adds to the number of the signal that ended a program
CTRL_C = _SIGNALLED + signal.SIGINT
"""The exit status of a program that Ctrl-C ended."""
_received: list[int] = []
_seen: list[bool] = []
_silent: set[object] = set()
_ours: set[int] = set()
_last: list[Callable[[], None]] = []


def at_end(do: Callable[[], None]) -> None:
    """Let something quick be done last of all, however the process ends: the terminal is given back."""
    _last.append(do)


def end_process(status: int) -> NoReturn:
    """End the process where it stands."""
    _do_last()
    _exit_now(status)


def end_at_once() -> None:
    """From now on let a signal end the process where it stands: there is nothing that must not be cut off.

    An exception would be no safe end: Python swallows one that is raised in a destructor or in a callback.
    """
    for number in ENDING:
        if signal.getsignal(number) not in (signal.SIG_IGN, None):
            signal.signal(number, _exit)
            _ours.add(number)


def interrupt() -> None:
    """From now on let SIGTERM and SIGHUP do what Ctrl-C does at that moment, if `end_at_once` came first."""
    for number in _ours:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else _interrupt)


@contextmanager
def ending_at_once() -> Iterator[None]:
    """Let a signal end the process while the block runs, if it would interrupt it."""
    interrupted = _ours and all(signal.getsignal(number) is not _exit for number in _ours)
    if interrupted:
        end_at_once()
    try:
        yield
    finally:
        if interrupted:
            interrupt()


def finish() -> None:
    """Leave nothing to signals at the very end, when Python has taken its handlers away already.

    A process that was interrupted ends here: of a `KeyboardInterrupt` that went through `exec`, as in the
    making of a dataclass, Python makes an exit status of its own.
    """
    for number in _ours:
        signal.signal(number, signal.SIG_IGN)
    _do_last()
    if _received:
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):
                stream.flush()
        end_process(status())


def note(number: int) -> None:
    """Take note that a signal came; the first one makes the exit status."""
    _received.append(number)
    _seen.append(number == signal.SIGINT and not _silent)


@contextmanager
def keys_unseen() -> Iterator[None]:
    """Take note that the terminal shows no keys while the block runs, and so no ^C."""
    block = object()
    _silent.add(block)
    try:
        yield
    finally:
        _silent.remove(block)


def seen() -> bool:
    """Return whether the terminal has written ^C for the signal that ends the program."""
    return _seen[0] if _seen else True


def received() -> bool:
    """Return whether a signal came."""
    return bool(_received)


def status() -> int:
    """Return the exit status of a program that the first signal ended, or Ctrl-C if none was noted."""
    return _SIGNALLED + _received[0] if _received else CTRL_C


def _do_last() -> None:
    for do in _last:
        with suppress(Exception):
            do()


def _interrupt(number: int, frame: FrameType | None) -> None:
    note(number)
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler):  # Ctrl-C is ignored, as in the background of a shell
        raise KeyboardInterrupt
    handler(number, frame)


def _exit(number: int, _: FrameType | None) -> None:
    note(number)
    with suppress(Exception):  # it may be in the middle of being written to
        sys.stdout.flush()
    end_process(status())
