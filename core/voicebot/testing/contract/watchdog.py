"""Run a check on an event loop and in a thread of its own, so that no check can hang for ever.

A provider that blocks the loop would also block a timeout on that loop.
"""

from __future__ import annotations

import asyncio
import contextvars
import queue
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

from voicebot.testing.contract.failures import CheckTimeout
from voicebot.testing.contract.measurements import event_loop, progress, stack_location
from voicebot.testing.contract.measurements.progress import TOTAL_LIMIT_FACTOR, Progress, Snapshot

_CLOSING = 5.0
_LOOK = 0.5
_REMEDY = (
    "if it only needs more time, raise `time_limit` of the class or `--time-limit` of `voicebot check-plugin`"
)


class WatchedRun:
    """A coroutine that runs on a loop and in a thread of its own."""

    def __init__(self, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._main = main
        self._ended: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._selector: event_loop.CountingSelector | None = None
        self._counter = progress.ProgressCounter()
        self._thread = threading.Thread(
            target=contextvars.copy_context().run, args=(self._run,), name="contract", daemon=True
        )

    def watch(self, limit: float) -> None:
        """Run it to its end.

        Raises:
            CheckTimeout: it made no progress for `limit` seconds, or took ten times as long.
        """
        self._thread.start()
        watched: Progress | None = None
        while True:
            try:
                error = self._ended.get(timeout=min(_LOOK, limit / 4))
            except queue.Empty:
                watched = watched or Progress(limit, self._snapshot())
                self._assess(watched, limit)
            else:
                break
        self._thread.join(_CLOSING)  # a remaining thread would keep the loop's executor from closing
        if error is not None:
            raise error

    def _assess(self, watched: Progress, limit: float) -> None:
        match watched.assess(self._snapshot()):
            case "progressing":
                return
            case "stuck":
                raise CheckTimeout(
                    f"something to happen within {limit:g} s", f"it hangs: {self._location()}; {_REMEDY}"
                )
            case "slow":
                raise CheckTimeout(
                    f"an end within {TOTAL_LIMIT_FACTOR * limit:g} s",
                    f"it is slow, or has no end: it still makes progress, and {self._location()}; {_REMEDY}",
                )

    def _run(self) -> None:
        self._counter = progress.count_progress()
        own, self._selector = event_loop.new_loop()
        self._loop = own
        with asyncio.Runner(loop_factory=lambda: own) as runner:
            try:
                runner.run(self._main())
            except BaseException as error:  # passed on to the thread that waits
                self._ended.put(error)
            else:
                self._ended.put(None)

    def _snapshot(self) -> Snapshot:
        iteration = self._selector.working if self._selector is not None else None
        return Snapshot(time.monotonic(), self._counter.count, iteration, progress.processor_seconds())

    def _location(self) -> str:
        """Return what the loop is doing: where its tasks wait, or the line that blocks it."""
        if blocked := stack_location.thread_location(self._thread.ident):
            return f"the event loop is blocked at {blocked}"
        tasks = asyncio.all_tasks(self._loop) if self._loop is not None else ()
        waiting = (
            f"task {task.get_name()!r} waits at {stack_location.task_location(task)}" for task in tasks
        )
        return "; ".join(sorted(waiting)) or "no tasks are left"
