"""Tools whose calls return what they returned then; nothing is done again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass

from voicebot import (
    ConversationDetail,
    ConversationEvent,
    Tool,
    ToolCall,
    ToolCaller,
    ToolEnded,
    ToolEvent,
    ToolResult,
    Toolset,
    ToolsetOptions,
    ToolStarted,
)
from voicebot_replay.exchanges import Exchange
from voicebot_replay.providers.unrecorded import Unrecorded


@dataclass(slots=True)
class RecordedCall:
    """A call that ran, with its arguments (JSON) and how it ended, or that it did not."""

    arguments: str
    ended: ToolEnded
    uses: int = 0


def recorded_tools(requests: Iterable[Exchange]) -> dict[str, Tool]:
    """Return the tools that the chat model was offered, by name."""
    return {tool.name: tool for request in requests for tool in request.question.tools}


def recorded_calls(events: Iterable[ConversationEvent | ConversationDetail]) -> list[RecordedCall]:
    """Return the calls that ran, in the order in which they began."""
    running: dict[str, RecordedCall] = {}
    found = []
    for event in events:
        if isinstance(event, ToolStarted):  # if the recording ends before the call does, it has no result
            unfinished = ToolEnded(event.at, event.id, event.name, "cancelled", "")
            running[event.id] = RecordedCall(event.arguments, unfinished)
            found.append(running[event.id])
        elif isinstance(event, ToolEnded) and event.id in running:
            running.pop(event.id).ended = event
    return found


class ReplayedToolset(Toolset[ToolsetOptions]):
    """Returns the result of the recorded call with the same arguments, after as many seconds.

    A call with other arguments gets the result of a call of the same tool; one of a tool that was not called
    then fails. A call that had no result then has none now, until its time is up.

    Args:
        tools: what is offered.
        calls: those of the recording.
    """

    def __init__(self, tools: Sequence[Tool], calls: Sequence[RecordedCall], unrecorded: Unrecorded) -> None:
        super().__init__(ToolsetOptions(allow=tuple(tool.name for tool in tools)))
        self._tools, self._calls, self._unrecorded = tuple(tools), calls, unrecorded

    def tools(self) -> Sequence[Tool]:
        """Return the recorded tools."""
        return self._tools

    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        """Return the recorded result."""
        of_tool = [each for each in self._calls if each.ended.name == call.name]
        if not of_tool:
            self._unrecorded.add("tools")
            yield ToolResult("the recording has no result of this tool", failed=True)
            return
        found = min(of_tool, key=lambda each: (each.arguments != call.arguments, each.uses))
        if found.arguments != call.arguments:
            self._unrecorded.add("tools")
        found.uses += 1
        ended = found.ended
        if ended.outcome in ("timeout", "cancelled"):
            await asyncio.get_running_loop().create_future()
        await asyncio.sleep(ended.seconds)
        yield ToolResult(ended.text, failed=ended.outcome == "failed", detail=ended.detail)
