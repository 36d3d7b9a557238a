"""One call of a toolset: its one result, whatever goes wrong in code that is not ours."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from contextlib import aclosing
from typing import Literal, TypeAlias

from voicebot.engine.cancellation import cancellation_check, own_cancellation
from voicebot.engine.failures import as_provider_error
from voicebot.engine.tools.catalogue import OfferedTool
from voicebot.errors import ProviderError
from voicebot.interfaces import ToolCaller
from voicebot.messages import Notice, ToolCall, ToolProgress, ToolResult

Outcome: TypeAlias = Literal["done", "failed", "timeout", "cancelled", "declined", "refused", "repeated"]
NOT_KNOWN = " Whether it was done is not known."
_HINT = " (-v shows where)"
"""What `as_provider_error` says to people; it means nothing to a chat model."""


async def invoke(
    offered: OfferedTool,
    call: ToolCall,
    caller: ToolCaller,
    *,
    timeout: float,
    progress: Callable[[str], None],
    notice: Callable[[str], None],
) -> tuple[ToolResult, Outcome]:
    """Run a call to its end, and return its result; only a cancellation by the engine is raised.

    A toolset that raises after its result has done what it was asked to. If it raises a `ProviderError` that
    is not retryable, it knows that nothing was done; after any other error, a call that changes something may
    have done so.

    Args:
        timeout: seconds for the whole call.
        progress: called with each line that the tool reports while it runs.
        notice: called with what observers should know.
    """
    results: list[ToolResult] = []
    unknown = NOT_KNOWN if offered.tool.effect == "writes" else ""
    try:
        with own_cancellation("the tool broke"):
            async with asyncio.timeout(timeout) as limit:
                await _read(offered, call, caller, results, progress, notice)
    except (asyncio.CancelledError, KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:  # a third-party toolset may raise anything
        if not results and limit.expired() and isinstance(error, TimeoutError):
            return ToolResult(f"The tool took longer than {timeout:g} s.{unknown}", failed=True), "timeout"
        reason = as_provider_error("the tool broke", error)
        if not results:
            is_own = isinstance(error, ProviderError) and not error.retryable
            text = _sentence(str(reason).removesuffix(_HINT)) + ("" if is_own else unknown)
            return ToolResult(text, failed=True), "failed"
        notice(f"the tool {offered.own_name!r} broke after its result: {reason}")
    if len(results) != 1:
        count = "no result" if not results else "more than one result"
        return ToolResult(f"The tool gave {count}.{unknown}", failed=True), "failed"
    return results[0], "failed" if results[0].failed else "done"


async def _read(
    offered: OfferedTool,
    call: ToolCall,
    caller: ToolCaller,
    results: list[ToolResult],
    progress: Callable[[str], None],
    notice: Callable[[str], None],
) -> None:
    events = offered.toolset.call(call, caller)
    if inspect.iscoroutine(events):
        events.close()
    if not hasattr(events, "__aiter__"):
        raise TypeError(f"call returned {type(events).__name__}, not an async generator")
    check = cancellation_check()
    async with aclosing(events):
        async for event in events:
            check()
            match event:
                case ToolProgress(message):
                    progress(message)
                case ToolResult():
                    results.append(event)
                case Notice(message):
                    notice(message)
                case other:
                    raise TypeError(f"call yielded {type(other).__name__}, not a ToolEvent")


def _sentence(text: str) -> str:
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "!", "?")) else ".")
