"""Running a command's coroutine so that one Ctrl-C ends it, whatever a provider makes of being stopped."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, TypeVar

from voicebot.cli.errors import INTERRUPTED, show_error
from voicebot.cli.output import show_cursor

T = TypeVar("T")
_GRACE = 3.0


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end; Ctrl-C cancels it and raises `KeyboardInterrupt`."""
    import asyncio  # not needed to answer --help

    return asyncio.run(_impatient(main))


async def _impatient(main: Coroutine[Any, Any, T]) -> T:
    with _end_is_certain():
        return await main


@contextmanager
def _end_is_certain() -> Iterator[None]:
    """At Ctrl-C start a countdown, beside asyncio's own cancelling, to the end of the process.

    A provider may block the loop, wait for a thread that never ends, or pay no heed to being cancelled.
    """
    cancel = signal.getsignal(signal.SIGINT)
    if not callable(cancel) or threading.current_thread() is not threading.main_thread():
        yield  # Ctrl-C is ignored, as in the background of a shell, or somebody else's to deal with
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        countdown = threading.Timer(_GRACE, _give_up)
        countdown.daemon = True
        countdown.start()
        cancel(number, frame)

    with _woken_by_signals():
        signal.signal(signal.SIGINT, interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, cancel)


@contextmanager
def _woken_by_signals() -> Iterator[None]:
    """Let Ctrl-C wake the loop.

    A signal that comes in the moment before the loop begins to wait would be noticed only when the wait is
    over, which may be never. With a handler of its own, which does nothing, the loop hears of signals.
    """
    import asyncio

    loop = asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGINT)
    try:
        loop.add_signal_handler(signal.SIGINT, lambda: None)
    except NotImplementedError:  # on Windows, where it hears of them anyway
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, before)


def _give_up() -> None:
    with suppress(Exception):
        show_cursor()
        show_error(f"something did not stop within {_GRACE:g} s and was left behind")
        sys.stdout.flush()
    os._exit(INTERRUPTED)
