"""The signals that end the program: SIGINT (Ctrl-C), SIGTERM, and SIGHUP when its terminal is closed.

A process with PID 1, as in a container, needs handlers, since the system discards signals that it has none
for. Signals that are ignored when the program starts, such as under `nohup`, stay ignored.
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
_exit_now = os._exit  # which is replaced while plugins are loaded
_SIGNALLED = 128  # added by shells to the number of the signal that ended a program
CTRL_C = _SIGNALLED + signal.SIGINT
"""The exit status of a program ended by Ctrl-C."""
_received: list[int] = []
_echoed: list[bool] = []
_echo_off: set[object] = set()
_handled: set[int] = set()
_at_exit: list[Callable[[], None]] = []


def call_at_exit(do: Callable[[], None]) -> None:
    """Register something quick to run at the very end, such as restoring the terminal."""
    _at_exit.append(do)


def end_process(status: int) -> NoReturn:
    """End the process immediately."""
    _run_exit_callbacks()
    _exit_now(status)


def exit_on_signals() -> None:
    """From now on let a signal end the process immediately: nothing is running that needs to finish.

    An exception would not be reliable: Python ignores one that is raised in a destructor or in a callback.
    """
    for number in ENDING:
        if signal.getsignal(number) not in (signal.SIG_IGN, None):
            signal.signal(number, _exit)
            _handled.add(number)


def raise_on_signals() -> None:
    """From now on let signals raise `KeyboardInterrupt`, if `exit_on_signals` was called before."""
    for number in _handled:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else _interrupt)


@contextmanager
def exiting_on_signals() -> Iterator[None]:
    """Let signals end the process while the block runs, if they would raise an exception."""
    interrupted = _handled and all(signal.getsignal(number) is not _exit for number in _handled)
    if interrupted:
        exit_on_signals()
    try:
        yield
    finally:
        if interrupted:
            raise_on_signals()


def finish() -> None:
    """Ignore signals at the very end, when Python has already removed its handlers.

    A process that was interrupted ends here: after a `KeyboardInterrupt` that passed through `exec`, such as
    in the definition of a dataclass, Python would choose another exit status.
    """
    for number in _handled:
        signal.signal(number, signal.SIG_IGN)
    _run_exit_callbacks()
    if _received:
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):
                stream.flush()
        end_process(status())


def record(number: int) -> None:
    """Record a signal; the first one determines the exit status."""
    _received.append(number)
    _echoed.append(number == signal.SIGINT and not _echo_off)


@contextmanager
def without_echo() -> Iterator[None]:
    """Record that the terminal does not echo keys while the block runs, and so shows no ^C."""
    block = object()
    _echo_off.add(block)
    try:
        yield
    finally:
        _echo_off.remove(block)


def was_echoed() -> bool:
    """Return whether the terminal has shown ^C for the signal that ends the program."""
    return _echoed[0] if _echoed else True


def received() -> bool:
    """Return whether a signal was received."""
    return bool(_received)


def status() -> int:
    """Return the exit status for the first signal, or for Ctrl-C if none was recorded."""
    return _SIGNALLED + _received[0] if _received else CTRL_C


def _run_exit_callbacks() -> None:
    for do in _at_exit:
        with suppress(Exception):
            do()


def _interrupt(number: int, frame: FrameType | None) -> None:
    record(number)
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler):  # Ctrl-C is ignored, such as in a shell's background job
        raise KeyboardInterrupt
    handler(number, frame)


def _exit(number: int, _: FrameType | None) -> None:
    record(number)
    with suppress(Exception):  # it may just be being written to
        sys.stdout.flush()
    end_process(status())
