"""What the checks of `voicebot doctor` found, and calls that may hang."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from voicebot.diagnosis import Finding

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Result:
    """What one check found about something; `seconds` is how long each of its stages took."""

    about: str
    finding: Finding
    seconds: Mapping[str, float] = field(default_factory=dict)


async def all_of(coroutines: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Run coroutines at the same time, and return what they returned."""
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(each, name="voicebot doctor") for each in coroutines]
    return [task.result() for task in running]


async def in_daemon_thread(function: Callable[[], T], name: str) -> T:
    """Call a function in a thread that does not keep the program from ending, whatever it waits for."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(outcome: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed, since nobody waits for it any more
            loop.call_soon_threadsafe(lambda: None if future.done() else outcome())

    def call() -> None:
        try:
            value = function()
        except Exception as error:
            settle(lambda reason=error: future.set_exception(reason))  # type: ignore[misc]
        else:
            settle(lambda: future.set_result(value))

    threading.Thread(target=call, name=f"voicebot doctor: {name}", daemon=True).start()
    return await future
