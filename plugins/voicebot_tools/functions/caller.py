"""The caller of a function that runs in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self

from voicebot import ProviderError, ToolCaller


class CallerInThread(ToolCaller):
    """Passes what a thread does to its caller on to the event loop, and waits until it is done there.

    As a context manager, it lasts as long as the call: a thread that runs on after a cancellation no longer
    changes the conversation.
    """

    def __init__(self, caller: ToolCaller) -> None:
        self.conversation = caller.conversation
        self.language = caller.language
        self._caller = caller
        self._loop = asyncio.get_running_loop()
        self._is_over = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._is_over = True

    def end_conversation(self) -> None:
        """End the conversation, in the event loop."""
        self._pass_on(self._caller.end_conversation)

    def stay_silent(self) -> None:
        """Say nothing more, in the event loop."""
        self._pass_on(self._caller.stay_silent)

    def set_patience(self, earliest: float, latest: float) -> None:
        """Set the patience, in the event loop."""
        self._pass_on(self._caller.set_patience, earliest, latest)

    def remember(self, fact: str) -> None:
        """Remember a fact, in the event loop."""
        self._pass_on(self._caller.remember, fact)

    def _pass_on(self, method: Callable[..., None], *arguments: Any) -> None:
        def call() -> None:
            if self._is_over:
                raise ProviderError("the call is over")
            method(*arguments)

        if (
            _running_loop() is self._loop
        ):  # in what a function has returned to be awaited; waiting would block it
            call()
            return
        done: Future[None] = Future()

        def run() -> None:
            try:
                call()
            except Exception as error:  # for the thread to see
                done.set_exception(error)
            else:
                done.set_result(None)

        try:
            self._loop.call_soon_threadsafe(run)
        except RuntimeError as error:  # the loop is closed
            raise ProviderError("the conversation is over") from error
        done.result()


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
