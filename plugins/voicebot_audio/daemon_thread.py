"""Run blocking calls in daemon threads, which nothing has to wait for.

A call to a sound server that hangs never returns. In the event loop it would stop everything; in the loop's
thread pool it would keep the process from ending, because the pool is joined at exit.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")
_JOIN_TIMEOUT = 0.5


async def to_daemon_thread(work: Callable[[], T], discard: Callable[[T], object] | None = None) -> T:
    """Run `work` in a daemon thread and return its result; if cancelled, pass it to `discard` there."""
    loop = asyncio.get_running_loop()
    result: asyncio.Future[T] = loop.create_future()
    lock = threading.Lock()
    abandoned = False

    def drop(value: T) -> None:
        if discard is not None:
            threading.Thread(target=discard, args=(value,), name="voicebot sound card", daemon=True).start()

    def settle(value: Any, error: BaseException | None) -> None:
        if error is not None:
            if not result.done():
                result.set_exception(error)
        elif result.done():  # cancelled in the meantime
            drop(value)
        else:
            result.set_result(value)

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

    thread = threading.Thread(target=run, name="voicebot sound card", daemon=True)
    thread.start()
    try:
        return await result
    except asyncio.CancelledError:
        with lock:
            abandoned = True
        if result.done() and not result.cancelled() and result.exception() is None:
            drop(result.result())  # it had arrived, but was never delivered
        raise
    finally:
        if result.done() and not result.cancelled():
            thread.join(_JOIN_TIMEOUT)  # it is about to end; stopped at exit, it would keep its objects alive
