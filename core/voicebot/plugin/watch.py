"""A watch over a stranger's code while it is imported: it may hang, or end the program, and is then named."""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType
from typing import Any, ClassVar, NoReturn, Self, TextIO

from voicebot.plugin.packages import OURS
from voicebot.run_delay import RunDelay

logger = logging.getLogger(__name__)
SLOW, HUNG = 2.0, 8.0
"""Seconds after which it is said who is being loaded, and after which nobody waits any more.

Seconds in which a thread waits for a processor that other programs have are not counted, where Linux tells.
"""
_BACKSTOP = 1.0
_exit = os._exit

Hung = Callable[[str, str], NoReturn]
"""Ends the program, given who hangs and of which distribution it is."""


class Watch:
    """Watches what runs in its block, of which `who` and `distribution` are told; ours needs no watching.

    `os._exit` raises `SystemExit` there, so that nobody leaves without a word.
    """

    when_hung: ClassVar[Hung | None] = None
    """What ends the program if something hangs; without it one waits and says so, as within a library."""

    def __init__(self, who: str, distribution: str) -> None:
        self._who = who
        self._distribution = distribution
        self._interrupted = False
        self._tells_crashes = False
        self._done = threading.Event()
        self._backstop_lock = threading.Lock()
        self._thread = threading.get_ident()
        self._run_delay = RunDelay()
        self._began = 0.0
        self._process = os.getpid()
        self._stdin: TextIO | None = None
        self._before: tuple[Any, Any] = (None, None)

    def __enter__(self) -> Self:
        if self._distribution == OURS:
            return self
        self._began = time.monotonic() - self._waited()
        self._before = os._exit, signal.getsignal(signal.SIGINT)
        os._exit = self._leave
        if self._is_main_thread() and callable(self._before[1]):
            signal.signal(signal.SIGINT, self._interrupt)
        if Watch.when_hung is not None:
            # What is typed is not for strangers, and their `exit()` would close it.
            self._stdin, sys.stdin = sys.stdin, None
        self._set_backstop()
        if Watch.when_hung and (stderr := _descriptor()) is not None and not faulthandler.is_enabled():
            faulthandler.enable(file=stderr)  # for a library in it that crashes
            self._tells_crashes = True
        threading.Thread(target=self._watch, name=f"voicebot watch: {self._who}", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._distribution == OURS:
            return
        with self._backstop_lock:
            self._done.set()
        if Watch.when_hung is not None:
            faulthandler.cancel_dump_traceback_later()
            sys.stdin = self._stdin
        if self._tells_crashes:
            faulthandler.disable()
        if os._exit == self._leave:
            os._exit = self._before[0]
        if self._is_main_thread() and signal.getsignal(signal.SIGINT) == self._interrupt:
            signal.signal(signal.SIGINT, self._before[1])

    def passes(self, error: BaseException) -> bool:
        """Return whether an error is not the stranger's: the user has pressed Ctrl-C."""
        return isinstance(error, KeyboardInterrupt) and (self._interrupted or self._distribution == OURS)

    def _watch(self) -> None:
        if self._is_done(SLOW):
            return
        logger.warning("still loading %s of %s", self._who, self._distribution)
        if self._is_done(HUNG):
            return
        if Watch.when_hung is not None:
            self._done.set()
            Watch.when_hung(self._who, self._distribution)
        logger.error("%s of %s does not finish loading", self._who, self._distribution)

    def _is_done(self, limit: float) -> bool:
        """Wait until loading is over, or has taken so many seconds; return whether it is over."""
        while (left := limit - self._elapsed()) > 0:
            if self._done.wait(left):
                return True
            self._set_backstop()
        return self._done.is_set()

    def _elapsed(self) -> float:
        """Return the seconds since loading began, without those in which it waited for a processor."""
        return time.monotonic() - self._began - self._waited()

    def _waited(self) -> float:
        return self._run_delay.seconds() or 0.0

    def _set_backstop(self) -> None:
        """Have the program ended if code keeps Python from running any other, as a regular expression may."""
        with self._backstop_lock:
            if (
                Watch.when_hung is not None
                and not self._done.is_set()
                and (stderr := _descriptor()) is not None
            ):
                left = max(HUNG - self._elapsed(), 0.0) + _BACKSTOP
                faulthandler.dump_traceback_later(left, exit=True, file=stderr)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self._interrupted = True
        self._before[1](number, frame)

    def _leave(self, status: int) -> NoReturn:
        if self._done.is_set() or os.getpid() != self._process:  # over, or in a process that was forked
            _exit(status)
        if threading.get_ident() != self._thread:  # nothing can be raised where it is imported
            logger.error("%s of %s ended the program: os._exit(%s)", self._who, self._distribution, status)
            _exit(status)
        raise SystemExit(f"os._exit({status})")

    def _is_main_thread(self) -> bool:
        return threading.current_thread() is threading.main_thread()


@contextmanager
def watched(who: str, distribution: str) -> Iterator[None]:
    """Watch a block, and raise what leaves it as an `Exception` unless the user has pressed Ctrl-C."""
    with Watch(who, distribution) as watch:
        try:
            yield
        except Exception:
            raise
        except BaseException as error:
            if watch.passes(error):
                raise
            raise Left(error) from error


class Left(Exception):
    """A stranger's code raised what ends a program."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(_text(error))
        self.error = error


def reason(error: BaseException) -> str:
    """Return in one line what an import raised."""
    if isinstance(error, Left):
        error = error.error
    return f"{type(error).__name__}: {' '.join(_text(error).split())}".removesuffix(": ")


def _text(error: BaseException) -> str:
    """Return what an error says, which a stranger's own class of errors may fail to do."""
    try:
        return str(error)
    except BaseException:
        return ""


def _descriptor() -> int | None:
    with suppress(Exception):
        return sys.stderr.fileno()
    return None
