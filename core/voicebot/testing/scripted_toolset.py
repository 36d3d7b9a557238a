"""A scripted toolset: tools that take as long as a test wants, and fail as it wants."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from voicebot.interfaces import ToolCaller, Toolset
from voicebot.messages import Tool, ToolCall, ToolEvent, ToolProgress, ToolResult
from voicebot.options import ToolOverride, ToolsetOptions
from voicebot.testing.scripted import Pause, wait

ToolStep: TypeAlias = str | Pause | Exception | ToolEvent | Callable[[ToolCaller], None]
ToolScript: TypeAlias = str | Exception | Sequence[ToolStep]


@dataclass(frozen=True, slots=True)
class Ran:
    """A call that a scripted toolset was given, with its arguments."""

    name: str
    arguments: dict[str, Any]


class ScriptedToolset(Toolset[ToolsetOptions]):
    """Runs calls as scripted; `begun` holds all calls, and `done` those that ran to their end.

    Args:
        tools: the tools, each with what it does: a result, an error, or steps: results as texts, `Pause`s,
            errors, events, and functions that are called with the caller. Every call does the same.
        allow: the names that are offered; all, by default.
        overrides: what the config changes.
    """

    def __init__(
        self,
        tools: Iterable[tuple[Tool, ToolScript]],
        *,
        allow: Iterable[str] | None = None,
        overrides: dict[str, ToolOverride] | None = None,
    ) -> None:
        self._tools = {tool.name: (tool, script) for tool, script in tools}
        names = tuple(self._tools if allow is None else allow)
        super().__init__(ToolsetOptions(allow=names, overrides=overrides or {}))
        self.begun: list[Ran] = []
        self.done: list[Ran] = []
        self.cancelled = 0

    def tools(self) -> Sequence[Tool]:
        """Return the tools."""
        return [tool for tool, _ in self._tools.values()]

    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        """Run one call."""
        ran = Ran(call.name, json.loads(call.arguments))
        self.begun.append(ran)
        script = self._tools[call.name][1]
        is_done = False
        try:
            for step in [script] if isinstance(script, str | Exception) else script:
                match step:
                    case Exception():
                        raise step
                    case Pause(seconds):
                        await wait(seconds)
                    case str():
                        yield ToolResult(step)
                    case ToolResult() | ToolProgress():
                        yield step
                    case _ if callable(step):
                        step(caller)
                    case _:
                        yield step
            is_done = True
            self.done.append(ran)
        finally:
            self.cancelled += not is_done
