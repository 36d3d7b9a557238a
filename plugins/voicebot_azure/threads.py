"""Threads for what blocks in the Speech SDK.

Those of an executor would keep a program from ending for as long as the SDK waits for a server, and
starting a `threading.Thread` waits until it runs, which takes milliseconds while others are busy. These
do neither.
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
    """Run a function in a thread of its own; its future forgets the outcome if nobody wants it.

    Args:
        name: what the log calls it when it fails.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.done():  # cancelled
            return
        if error is None:
            future.set_result(result)  # type: ignore[arg-type]  # the function's own
        else:
            future.set_exception(error)

    def run() -> None:
        result, failed = None, None
        try:
            result = function()
        except BaseException as error:
            failed = error
            logger.debug("%s failed: %s", name, type(error).__name__)
        call_soon(loop, settle, result, failed)

    _thread.start_new_thread(run, ())
    return future


def call_soon(loop: asyncio.AbstractEventLoop, function: Callable[..., object], *arguments: object) -> None:
    """Call a function in the loop, from any thread; nothing happens when the loop is closed."""
    try:
        loop.call_soon_threadsafe(function, *arguments)
    except RuntimeError:
        if not loop.is_closed():
            raise
