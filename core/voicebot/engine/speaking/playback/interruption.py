"""Breaking off what another task waits for, without cancelling that task."""

from __future__ import annotations

import asyncio
from types import TracebackType


class Interruption:
    """A context manager whose block ends early, and quietly, when somebody calls `interrupt`.

    It does what `asyncio.timeout` does, but at once: what the block waits for is cancelled before anything
    else can happen, and what that makes it raise is of no interest. One task at a time may be in the block.
    """

    def __init__(self) -> None:
        self._task: asyncio.Task[object] | None = None
        self._before = 0
        self._came = False

    def __enter__(self) -> None:
        self._task = task = asyncio.current_task()
        assert task is not None
        self._before = task.cancelling()
        self._came = False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        task, self._task = self._task, None
        assert task is not None
        requests = task.uncancel() if self._came else task.cancelling()
        if requests > self._before:  # the task itself is to end
            if kind is None:  # whoever was waited for has swallowed that
                raise asyncio.CancelledError
            return False
        return self._came and kind is not None and issubclass(kind, Exception | asyncio.CancelledError)

    def interrupt(self) -> None:
        """End the block, if a task is in it."""
        if self._task is not None and not self._came:
            self._came = True
            self._task.cancel()
