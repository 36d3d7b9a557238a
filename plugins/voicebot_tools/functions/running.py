"""Calling a function that is a tool, whatever it does: returns, yields, raises, exits or blocks."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, suppress
from pathlib import Path
from traceback import extract_tb
from typing import Any

from voicebot import Notice, ProviderError, ToolCall, ToolCaller, ToolEvent, ToolProgress, ToolResult
from voicebot_tools.arguments import BadArguments
from voicebot_tools.functions.blocking import MOST, StepTimer
from voicebot_tools.functions.caller import CallerInThread
from voicebot_tools.functions.function_tool import FunctionTool
from voicebot_tools.functions.result import result_of
from voicebot_tools.threads import Threads

logger = logging.getLogger(__name__)


async def run(
    tools: Mapping[str, FunctionTool], call: ToolCall, caller: ToolCaller, threads: Threads | None = None
) -> AsyncGenerator[ToolEvent, None]:
    """Run one call; whatever goes wrong, the last event is a result.

    Args:
        threads: run functions that are not asynchronous.
    """
    each = tools.get(call.name)
    if each is None:
        yield ToolResult(f"there is no tool called '{call.name}'", failed=True)
        return
    timer = StepTimer()
    try:
        values = each.arguments.read(call.arguments)
    except BadArguments as error:
        yield ToolResult(str(error), failed=True)
        return
    outcome = _Outcome(each)
    if each.runs_in_thread:
        with CallerInThread(caller) as proxy, outcome:
            outcome.result = await _threaded(each.bound(values, proxy), threads, timer)
    elif each.is_generator:
        async with aclosing(_progress(each, each.bound(values, caller), timer, outcome)) as events:
            async for event in events:
                yield event
    else:
        with outcome:
            outcome.result = result_of(await _awaited(each.bound(values, caller)(), timer))
    if timer.longest > MOST:
        yield Notice(
            f"the tool '{each.name}' blocked the conversation for {timer.longest:.1f} s; "
            f"write it as `def` instead of `async def`, so that it runs in a thread"
        )
    if outcome.notice is not None:
        yield outcome.notice
    yield outcome.result or ToolResult("the tool gave no result", failed=True)


class _Outcome:
    """The result of a call; as a context manager, makes one of what its block raises.

    The message of an exception may contain a secret, so that only a `ProviderError` tells it to the chat
    model. Others are named, with their place in the file, and the log has the traceback.
    """

    def __init__(self, each: FunctionTool) -> None:
        self._tool = each
        self.result: ToolResult | None = None
        self.notice: Notice | None = None
        self._cancellations = 0

    def __enter__(self) -> None:
        self._cancellations = _cancellation_requests()

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> bool:
        if error is None:
            return False
        requests = _cancellation_requests()
        cancelled = isinstance(error, asyncio.CancelledError) and requests > 0
        if cancelled or requests > self._cancellations or isinstance(error, GeneratorExit):
            return False
        if isinstance(error, ProviderError):
            self.result = ToolResult(str(error), failed=True)
            return True
        if isinstance(error.__cause__, StopIteration):
            error = error.__cause__  # Python makes a RuntimeError of it
        name = type(error).__name__
        logger.info("the tool '%s' failed", self._tool.name, exc_info=error)
        detail = f"{name}{self._place(error)}"
        if self.result is not None:
            self.notice = Notice(f"the tool '{self._tool.name}' failed after its result: {detail}")
            return True
        unknown = "" if self._tool.tool.effect == "reads" else "; whether it was done is not known"
        self.result = ToolResult(f"the tool failed ({name}){unknown}", failed=True, detail=detail + unknown)
        return True

    def _place(self, error: BaseException) -> str:
        """Return where in the function's file the error arose."""
        lines = [each.lineno for each in extract_tb(error.__traceback__) if each.filename == self._tool.file]
        return f" at {Path(self._tool.file).name}:{lines[-1]} (-v shows more)" if lines else ""


async def _threaded(call: Callable[[], Any], threads: Threads | None, timer: StepTimer) -> ToolResult:
    """Call a function and make its result, both in a thread: what it returns may block when it is read."""

    def returned() -> Any:
        value = call()
        return value if inspect.isawaitable(value) else result_of(value)

    outcome = await (threads or Threads()).run(returned)
    if outcome.error is not None:
        raise outcome.error
    return result_of(await _awaited(outcome.value, timer))


async def _awaited(value: Any, timer: StepTimer) -> Any:
    """Wait for what a function returned, if that is something to wait for."""
    return await timer.timed(value) if inspect.isawaitable(value) else value


async def _progress(
    each: FunctionTool, call: Callable[[], Any], timer: StepTimer, outcome: _Outcome
) -> AsyncGenerator[ToolProgress, None]:
    """Yield the progress of an asynchronous generator; its last value is the result."""
    generator = call()
    try:
        while True:
            progress: ToolProgress | None = None
            with outcome, suppress(StopAsyncIteration):
                value = await timer.timed(anext(generator))
                if isinstance(value, ToolProgress):
                    progress = value
                elif outcome.result is None:
                    outcome.result = result_of(value)
                    continue
                else:
                    raise ProviderError(
                        f"'{each.name}' yielded a value after its result; what is not the result has to be a "
                        f"ToolProgress"
                    )
            if progress is None:
                return
            yield progress
    finally:
        with suppress(Exception):  # the call is over
            await generator.aclose()


def _cancellation_requests() -> int:
    """Return how often the running task was cancelled."""
    task = asyncio.current_task()
    return task.cancelling() if task is not None else 0
