"""Threads for functions that block."""

from __future__ import annotations

import _thread
import asyncio
from collections.abc import Callable
from contextvars import copy_context
from typing import Any, NamedTuple

from voicebot import ProviderError


class Outcome(NamedTuple):
    """What a function returned, or what it raised."""

    value: Any = None
    error: BaseException | None = None


class Threads:
    """Runs each function in a thread of its own.

    A thread cannot be stopped: if the waiting task is cancelled, the function runs to its end and its outcome
    is dropped. The program does not wait for it either, which it would for the threads of an executor.

    Args:
        most: functions that may run at the same time, forgotten ones included.
    """

    def __init__(self, most: int = 32) -> None:
        self._most = most
        self._running = 0

    async def run(self, function: Callable[[], Any]) -> Outcome:
        """Run a function and return its outcome.

        Raises:
            ProviderError: too many are still running.
        """
        if self._running >= self._most:
            raise ProviderError(f"{self._running} earlier calls are still running; it was not started")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Outcome] = loop.create_future()
        context = copy_context()

        def end(outcome: Outcome) -> None:
            self._running -= 1
            if not done.done():  # otherwise the task was cancelled
                done.set_result(outcome)

        def run() -> None:
            try:
                outcome = Outcome(context.run(function))
            except BaseException as error:  # SystemExit too
                outcome = Outcome(error=error)
            try:
                loop.call_soon_threadsafe(end, outcome)
            except RuntimeError:  # the loop is closed
                if not loop.is_closed():
                    raise

        self._running += 1
        _thread.start_new_thread(run, ())
        return await done
