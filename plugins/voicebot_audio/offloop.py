"""Blocking calls in threads that nobody has to wait for.

A sound server that hangs keeps a call for ever. In the loop it would stop everything; in the loop's
own thread pool it would keep the process from ending, since the pool is joined at exit.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


async def off_loop(work: Callable[[], T], discard: Callable[[T], object] | None = None) -> T:
    """Return what `work` returns in a daemon thread; if nobody waits any more, `discard` gets it there."""
    loop = asyncio.get_running_loop()
    result: asyncio.Future[T] = loop.create_future()
    lock = threading.Lock()
    abandoned = False

    def settle(value: Any, error: BaseException | None) -> None:
        if not result.done():
            if error is None:
                result.set_result(value)
            else:
                result.set_exception(error)

    def run() -> None:
        value: Any = None
        failure: BaseException | None = None
        try:
            value = work()
        except BaseException as error:
            failure = error
        with lock:
            if not abandoned:
                with suppress(RuntimeError):  # the loop is closed
                    loop.call_soon_threadsafe(settle, value, failure)
                return
        if failure is None and discard is not None:
            discard(value)

    threading.Thread(target=run, name="voicebot sound card", daemon=True).start()
    try:
        return await result
    except asyncio.CancelledError:
        with lock:
            abandoned = True
        raise
