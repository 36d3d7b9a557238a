"""Threads for blocking calls of the Speech SDK.

The threads of an executor would keep the program from exiting for as long as the SDK waits for a server, and
`threading.Thread.start` waits until the thread runs, which takes milliseconds on a busy machine. A thread
from `_thread` does neither.
"""

from __future__ import annotations

import _thread
import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")


def in_thread(function: Callable[[], T], name: str) -> asyncio.Future[T]:
    """Run a function in a thread of its own; cancelling the future discards the outcome.

    Args:
        name: the name to log when the function fails.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def set_outcome(result: T | None, error: BaseException | None) -> None:
        if future.done():  # cancelled
            return
        if error is None:
            future.set_result(result)  # type: ignore[arg-type]  # the function's own
        else:
            future.set_exception(error)

    def run() -> None:
        result, raised = None, None
        try:
            result = function()
        except BaseException as error:
            raised = error
            logger.debug("%s failed: %s", name, type(error).__name__)
        call_soon(loop, set_outcome, result, raised)

    _thread.start_new_thread(run, ())
    return future


def call_soon(loop: asyncio.AbstractEventLoop, function: Callable[..., object], *arguments: object) -> None:
    """Call a function in the loop, from any thread; do nothing if the loop is closed."""
    try:
        loop.call_soon_threadsafe(function, *arguments)
    except RuntimeError:
        if not loop.is_closed():
            raise
