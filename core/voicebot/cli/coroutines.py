"""Running a command's coroutine so that one signal ends it, whatever a provider makes of being stopped."""

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
from voicebot.cli.process import signals

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")
_GRACE = 3.0
_LESS_GRACE = 0.3
"""Seconds that are left after Ctrl-C was pressed a second time."""
_LAST_WORDS = 0.5


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end; Ctrl-C, SIGTERM or SIGHUP cancel it and raise `KeyboardInterrupt`."""
    import asyncio  # not needed to answer --help

    interruption = _Interruption()
    with interruption.minded():
        try:
            result = asyncio.run(interruption.around(main))
        except asyncio.CancelledError:
            if not interruption.came:
                raise
    if interruption.came:
        raise KeyboardInterrupt
    return result


class _Interruption:
    """Cancels a coroutine when a signal comes, and sees to it that the process then ends.

    A provider may block the loop, wait for a thread that never ends, or pay no heed to being cancelled. So a
    countdown runs beside the cancelling. Its thread waits from the beginning, as a handler of signals must
    not start one.
    """

    def __init__(self) -> None:
        self.came = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None
        self._countdowns: queue.SimpleQueue[float | None] = queue.SimpleQueue()

    @contextmanager
    def minded(self) -> Iterator[None]:
        """Receive signals while the block runs; those that are ignored stay so."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.getsignal(number) for number in signals.ENDING}
        minded = {number: handler for number, handler in before.items() if callable(handler)}
        threading.Thread(target=self._count_down, name="voicebot countdown", daemon=True).start()
        for number in minded:
            signal.signal(number, self._receive)
        try:
            yield
        finally:
            for number, handler in minded.items():
                signal.signal(number, handler)
            self._countdowns.put(None)

    async def around(self, main: Coroutine[Any, Any, T]) -> T:
        """Run the coroutine as what is cancelled."""
        import asyncio

        self._loop = asyncio.get_running_loop()
        with _woken_by_signals(self._loop):
            self._task = asyncio.current_task()
            try:
                if self.came:
                    main.close()
                    raise asyncio.CancelledError
                return await main
            finally:
                self._task = None

    def _receive(self, number: int, _: FrameType | None) -> None:
        signals.note(number)
        if not self.came:
            self.came = True
            self._countdowns.put(_GRACE)
            if self._loop is not None and self._task is not None:
                self._loop.call_soon_threadsafe(self._task.cancel)
        elif number == signal.SIGINT:  # a closing terminal sends SIGHUP twice, but who presses twice means it
            self._countdowns.put(_LESS_GRACE)

    def _count_down(self) -> None:
        grace = self._countdowns.get()
        if grace is None:
            return
        end, patient = time.monotonic() + grace, True
        while (left := end - time.monotonic()) > 0:
            with suppress(queue.Empty):
                if (less := self._countdowns.get(timeout=left)) is not None:
                    end, patient = min(end, time.monotonic() + less), False
        _give_up(told=patient)


@contextmanager
def _woken_by_signals(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Let signals wake the loop.

    One that comes in the moment before the loop begins to wait would be noticed only when the wait is over,
    which may be never. With a handler of its own, put aside at once, the loop hears of all signals.
    """
    handler = signal.getsignal(signal.SIGINT)
    try:
        loop.add_signal_handler(signal.SIGINT, lambda: None)
    except (NotImplementedError, RuntimeError):  # on Windows it hears of them anyway; in other threads never
        yield
        return
    signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, handler)


def _give_up(*, told: bool) -> None:
    """End the process, after some last words if nobody has to wait for them: a pipe may be full."""
    telling = threading.Thread(target=_say_so, args=(told,), name="voicebot last words", daemon=True)
    try:
        telling.start()
        telling.join(_LAST_WORDS)
    finally:  # Python may be so far gone that it starts no thread
        signals.end_process(signals.status())


def _say_so(told: bool) -> None:
    with suppress(Exception):
        if told:
            show_error(f"something did not stop within {_GRACE:g} s and was left behind")
        sys.stdout.flush()
