"""Ending what another task waits for, without cancelling that task."""

from __future__ import annotations

import asyncio
from types import TracebackType


class EarlyExit:
    """A context manager whose block ends early, and quietly, when `interrupt` is called.

    It works as `asyncio.timeout` does, but at once: what the block waits for is cancelled before anything
    else can happen, and whatever that raises is dropped. One task at a time may be in the block.
    """

    __slots__ = ("_is_interrupted", "_loop", "_requests_before", "_task")

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[object] | None = None
        self._requests_before = 0
        self._is_interrupted = False

    def __enter__(self) -> None:
        self._task = task = asyncio.current_task(self._loop)
        assert task is not None
        self._requests_before = task.cancelling()
        self._is_interrupted = False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        task, self._task = self._task, None
        assert task is not None
        requests = task.uncancel() if self._is_interrupted else task.cancelling()
        if requests > self._requests_before:  # the task itself is to end
            if kind is None:  # the block has swallowed the cancellation
                raise asyncio.CancelledError
            return False
        return (
            self._is_interrupted and kind is not None and issubclass(kind, Exception | asyncio.CancelledError)
        )

    def interrupt(self) -> None:
        """End the block, if a task is in it."""
        if self._task is not None and not self._is_interrupted:
            self._is_interrupted = True
            self._task.cancel()
