"""Running a command's coroutine so that a signal ends it, even if a provider ignores cancellation."""

from __future__ import annotations

import queue
import signal
import sys
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar

from voicebot.cli.output.errors import show_error
from voicebot.cli.output.printing import foreign_output_logged
from voicebot.cli.process import signals

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")
_GRACE = 3.0
"""Seconds after a signal until the process is ended."""
_SHORT_GRACE = 0.3
"""Seconds left after a second Ctrl-C."""
_MESSAGE_TIMEOUT = 0.5
"""Seconds to print a message before the process is ended."""


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine; Ctrl-C, SIGTERM and SIGHUP cancel it and raise `KeyboardInterrupt`.

    What others than the command line print meanwhile goes to the log.
    """
    import asyncio  # not needed to answer --help

    interruption = _Interruption()
    with foreign_output_logged(), interruption.handling_signals():
        try:
            result = asyncio.run(interruption.run(main))
        except asyncio.CancelledError:
            if not interruption.received:
                raise
    if interruption.received:
        raise KeyboardInterrupt
    return result


class _Interruption:
    """Cancels a coroutine when a signal comes, and makes sure that the process then ends.

    A provider may block the loop, wait for a thread that never ends, or ignore cancellation, so a countdown
    runs as well. Its thread starts at the beginning, since a signal handler must not start one.
    """

    def __init__(self) -> None:
        self.received = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None
        self._countdowns: queue.SimpleQueue[float | None] = queue.SimpleQueue()

    @contextmanager
    def handling_signals(self) -> Iterator[None]:
        """Handle signals while the block runs; those that are ignored stay ignored."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.getsignal(number) for number in signals.ENDING}
        handled = {number: handler for number, handler in before.items() if callable(handler)}
        threading.Thread(target=self._count_down, name="voicebot countdown", daemon=True).start()
        for number in handled:
            signal.signal(number, self._receive)
        try:
            yield
        finally:
            for number, handler in handled.items():
                signal.signal(number, handler)
            self._countdowns.put(None)

    async def run(self, main: Coroutine[Any, Any, T]) -> T:
        """Run the coroutine in the task that a signal cancels."""
        import asyncio

        self._loop = asyncio.get_running_loop()
        with _woken_by_signals(self._loop):
            self._task = asyncio.current_task()
            try:
                if self.received:
                    main.close()
                    raise asyncio.CancelledError
                return await main
            finally:
                self._task = None

    def _receive(self, number: int, _: FrameType | None) -> None:
        signals.record(number)
        if not self.received:
            self.received = True
            self._countdowns.put(_GRACE)
            if self._loop is not None and self._task is not None:
                self._loop.call_soon_threadsafe(self._task.cancel)
        elif number == signal.SIGINT:  # a closing terminal sends SIGHUP twice, but a second Ctrl-C is meant
            self._countdowns.put(_SHORT_GRACE)

    def _count_down(self) -> None:
        grace = self._countdowns.get()
        if grace is None:
            return
        end, patient = time.monotonic() + grace, True
        while (left := end - time.monotonic()) > 0:
            with suppress(queue.Empty):
                if (less := self._countdowns.get(timeout=left)) is not None:
                    end, patient = min(end, time.monotonic() + less), False
        _give_up(report=patient)


@contextmanager
def _woken_by_signals(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Let signals wake the loop.

    A signal that comes just before the loop begins to wait would be noticed only after the wait, which may be
    never. Adding a handler to the loop, and replacing it at once, makes every signal wake it.
    """
    handler = signal.getsignal(signal.SIGINT)
    try:
        loop.add_signal_handler(signal.SIGINT, lambda: None)
    except (NotImplementedError, RuntimeError):  # not the main thread; or Windows, where they wake it anyway
        yield
        return
    signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, handler)


def _give_up(*, report: bool) -> None:
    """End the process, after a message if it can be printed soon: a pipe may be full."""
    message = threading.Thread(target=_flush, args=(report,), name="voicebot last message", daemon=True)
    try:
        message.start()
        message.join(_MESSAGE_TIMEOUT)
    finally:  # Python may no longer be able to start a thread
        signals.end_process(signals.status())


def _flush(report: bool) -> None:
    with suppress(Exception):
        if report:
            show_error(f"something did not stop within {_GRACE:g} s and was abandoned")
        sys.stdout.flush()
