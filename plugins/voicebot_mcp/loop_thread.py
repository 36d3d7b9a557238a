"""A thread with an event loop of its own, in which a coroutine runs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


def call_soon(loop: asyncio.AbstractEventLoop, function: Callable[..., object], *arguments: object) -> None:
    """Call a function in a loop, from any thread; do nothing if the loop is closed."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(function, *arguments)


class LoopThread:
    """Calls `prepare` in a new thread, then runs `main` there; `ended` is called at the end, also there.

    The thread is a daemon, so that it never keeps the program from ending.
    """

    def __init__(
        self,
        prepare: Callable[[], None],
        main: Callable[[], Coroutine[Any, Any, None]],
        ended: Callable[[], None],
        name: str,
    ) -> None:
        self._prepare = prepare
        self._main = main
        self._ended = ended
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._has_begun = False
        self._is_stopped = False
        self._lock = threading.Lock()
        self.failure: Exception | None = None
        """What `prepare` or `main` raised."""

    @property
    def is_alive(self) -> bool:
        """Whether it is still running."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine beside `main`; cancelling the future cancels it, as does the end of `main`.

        Raises:
            RuntimeError: `main` is not running.
        """
        with self._lock:
            if self._loop is not None:
                return asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        coroutine.close()
        raise RuntimeError("the thread is not running")

    async def stop(self, stop_main: Callable[[], None], timeout: float) -> None:
        """Call a function in the loop that lets `main` end, and wait for that, but not for `prepare`."""
        with self._lock:
            self._is_stopped = True
            if not self._has_begun:
                return
            if self._loop is not None:
                call_soon(self._loop, stop_main)
        await asyncio.to_thread(self._thread.join, timeout)

    def _run(self) -> None:
        try:
            self._prepare()
            asyncio.run(self._body())
        except Exception as error:
            self.failure = error
        finally:
            self._ended()

    async def _body(self) -> None:
        with self._lock:
            if self._is_stopped:
                return
            self._has_begun = True
            self._loop = asyncio.get_running_loop()
        try:
            await self._main()
        finally:
            with self._lock:
                self._loop = None
