"""Running a check on a loop and in a thread of its own, so that nothing it does can hang for ever.

A provider that blocks the loop would block a timeout on that loop too.
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
    "if it only needs longer, raise `time_limit` of the class or `--time-limit` of `voicebot check-plugin`"
)


class WatchedRun:
    """A coroutine on a loop of its own, in a thread of its own."""

    def __init__(self, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._main = main
        self._ended: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._turns: event_loop.CountingSelector | None = None
        self._moves = progress.Moves()
        self._thread = threading.Thread(
            target=contextvars.copy_context().run, args=(self._run,), name="contract", daemon=True
        )

    def watch(self, limit: float) -> None:
        """WatchedRun it to its end; give it up when it stands still for `limit` seconds, or never ends."""
        self._thread.start()
        watched: Progress | None = None
        while True:
            try:
                error = self._ended.get(timeout=min(_LOOK, limit / 4))
            except queue.Empty:
                watched = watched or Progress(limit, self._snapshot())
                self._judge(watched, limit)
            else:
                break
        self._thread.join(_CLOSING)  # a thread that is left behind keeps the loop's executor from closing
        if error is not None:
            raise error

    def _judge(self, watched: Progress, limit: float) -> None:
        match watched.judge(self._snapshot()):
            case "moving":
                return
            case "stuck":
                raise CheckTimeout(
                    f"something to happen within {limit:g} s", f"it hangs: {self._location()}; {_REMEDY}"
                )
            case "slow":
                raise CheckTimeout(
                    f"an end within {TOTAL_LIMIT_FACTOR * limit:g} s",
                    f"it is slow, or has no end: it still moves on, and {self._location()}; {_REMEDY}",
                )

    def _run(self) -> None:
        self._moves = progress.counted()
        own, self._turns = event_loop.new()
        self._loop = own
        with asyncio.Runner(loop_factory=lambda: own) as runner:
            try:
                runner.run(self._main())
            except BaseException as error:  # handed over to whoever waits
                self._ended.put(error)
            else:
                self._ended.put(None)

    def _snapshot(self) -> Snapshot:
        turn = self._turns.working if self._turns is not None else None
        return Snapshot(time.monotonic(), self._moves.count, turn, progress.processor_seconds())

    def _location(self) -> str:
        """Return what the loop is doing: the tasks that wait, or the line that blocks it."""
        if blocked := stack_location.thread_location(self._thread.ident):
            return f"the event loop is blocked at {blocked}"
        tasks = asyncio.all_tasks(self._loop) if self._loop is not None else ()
        waiting = (
            f"task {task.get_name()!r} waits at {stack_location.task_location(task)}" for task in tasks
        )
        return "; ".join(sorted(waiting)) or "no task is left"
