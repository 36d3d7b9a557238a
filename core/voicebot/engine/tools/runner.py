"""The calls that run in one conversation, each in a task that may outlive the reply it was made in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from voicebot.config.tool_use import ToolUseOptions
from voicebot.dataclass import dataclass
from voicebot.engine.cancellation import unfinished
from voicebot.engine.tools.catalogue import OfferedTool
from voicebot.engine.tools.invocation import NOT_KNOWN, Outcome, invoke
from voicebot.engine.tools.records import CallRecord, cut
from voicebot.engine.tools.rules import Kind
from voicebot.events import ConversationEvent, ToolEnded, ToolStarted
from voicebot.interfaces import ToolCaller, Toolset
from voicebot.messages import ToolCall, ToolResult

_FINISH_TIMEOUT = 5.0
"""Seconds that calls may take after the conversation has ended."""
_GRACE = 1.0
"""Seconds after its time limit within which a call has to stop; then its reply goes on without it."""


@dataclass(slots=True)
class RunningCall:
    """A call that has been started.

    Args:
        kind: what it does; that of a call that the user has agreed to is `writes`.
        timeout: seconds that it may take.
        changes: how many calls that change something had ended when it was started.
        toolset: runs it.
    """

    record: CallRecord
    kind: Kind
    began: float
    timeout: float
    changes: int
    toolset: Toolset[Any]
    task: asyncio.Task[None] | None = None


class ToolRunner:
    """Runs calls; use it as a context manager around the conversation.

    When the block ends, calls get five seconds. If the conversation is cancelled, so are they at once. One
    that ignores its cancellation for a second is left running, with a notice: a task group would wait for it.

    Args:
        publish: publishes an event.
        now: returns seconds since the conversation began.
        notice: called with what observers should know of a toolset.
    """

    def __init__(
        self,
        options: ToolUseOptions,
        publish: Callable[[ConversationEvent], None],
        now: Callable[[], float],
        notice: Callable[[str], None],
    ) -> None:
        self.options = options
        self._publish = publish
        self._now = now
        self._notice = notice
        self._running: list[RunningCall] = []
        self._changes = 0
        """How many calls that change something have ended."""
        self._is_over = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if error is None or isinstance(error, Exception):
                await unfinished(self._tasks, _FINISH_TIMEOUT)
        finally:  # the conversation may be cancelled meanwhile
            for running in tuple(self._running):
                self.cancel(running, "Stopped: the conversation ended.")
            await unfinished(self._tasks, _GRACE)
            for running in self._running:
                self._notice(f"the tool {running.record.call.name!r} does not stop; it is left running")
            self._is_over = True

    def start(
        self,
        record: CallRecord,
        offered: OfferedTool,
        arguments: str,
        caller: ToolCaller,
        kind: Kind,
        progress: Callable[[str], None],
        *,
        ahead: bool,
    ) -> RunningCall:
        """Start a call.

        Args:
            arguments: checked JSON.
            progress: called with each line that the tool reports while it runs.
            ahead: whether the user's turn may not be over yet.
        """
        timeout = offered.tool.timeout or self.options.timeout
        running = RunningCall(record, kind, self._now(), timeout, self._changes, offered.toolset)
        self._running.append(running)
        id = record.call.id
        self._publish(ToolStarted(running.began, id, record.call.name, arguments, ahead))
        call = ToolCall(id, offered.own_name, arguments)
        running.task = task = asyncio.create_task(
            self._run(running, offered, call, caller, progress), name=f"tool: {call.name}"
        )
        task.add_done_callback(lambda _: self._forget(running))
        return running

    def tasks_of(self, toolsets: Collection[Toolset[Any]]) -> list[asyncio.Task[None]]:
        """Return the tasks of the calls that toolsets are running."""
        used = [each for each in self._running if any(each.toolset is toolset for toolset in toolsets)]
        return [each.task for each in used if each.task is not None]

    async def finished(self, running: RunningCall) -> None:
        """Wait for the result of a call; one that does not stop after its time limit has failed."""
        left = running.began + running.timeout + _GRACE - self._now()
        try:
            async with asyncio.timeout(max(0.0, left)):
                await running.record.is_over.wait()
        except TimeoutError:
            unknown = NOT_KNOWN if running.kind == "writes" else ""
            result = ToolResult(f"The tool does not stop.{unknown}", failed=True)
            self.settle(running.record, result, "timeout", running.began)

    def is_out_of_date(self, running: RunningCall) -> bool:
        """Return whether something may have changed since a call began that only reads."""
        if running.kind != "reads":
            return False
        return running.changes != self._changes or any(each.kind == "writes" for each in self._running)

    def cancel(self, running: RunningCall, reason: str) -> None:
        """Stop a call that has not ended; its result is the reason."""
        unknown = NOT_KNOWN if running.kind == "writes" else ""
        self.settle(running.record, ToolResult(reason + unknown, failed=True), "cancelled", running.began)
        if running.task is not None:
            running.task.cancel()

    def settle(
        self, record: CallRecord, result: ToolResult, outcome: Outcome, began: float | None = None
    ) -> None:
        """Give a call its result, unless it has one; tell observers.

        Args:
            began: when it was started; None if it never ran.
        """
        if record.is_over.is_set():
            return
        record.result = replace(result, text=cut(result.text, self.options.result_limit))
        now, call = self._now(), record.call
        seconds = 0.0 if began is None else now - began
        self._publish(ToolEnded(now, call.id, call.name, outcome, record.content, seconds, result.detail))
        record.is_over.set()

    async def _run(
        self,
        running: RunningCall,
        offered: OfferedTool,
        call: ToolCall,
        caller: ToolCaller,
        progress: Callable[[str], None],
    ) -> None:
        unknown = NOT_KNOWN if running.kind == "writes" else ""
        result = ToolResult(f"The tool was broken off.{unknown}", failed=True)
        outcome: Outcome = "failed"
        try:
            result, outcome = await invoke(
                offered,
                call,
                caller,
                timeout=running.timeout,
                progress=progress,
                notice=self._tell,
            )
        finally:  # a foreign library may have cancelled this very task
            self._changes += running.kind == "writes"
            self.settle(running.record, result, outcome, running.began)

    @property
    def _tasks(self) -> list[asyncio.Task[None]]:
        return [running.task for running in self._running if running.task is not None]

    def _tell(self, notice: str) -> None:
        """Pass on a notice of a tool, unless the conversation is over."""
        if not self._is_over:
            self._notice(notice)

    def _forget(self, running: RunningCall) -> None:
        self._running = [each for each in self._running if each is not running]
        if running.task is not None and not running.task.cancelled():
            running.task.exception()  # the call has its result; nobody else asks for it
