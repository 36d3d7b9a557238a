"""The client's own functions, as tools that the chat model can call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence

from voicebot import Tool, ToolCall, ToolCaller, ToolEvent, ToolResult, Toolset, ToolsetOptions

_LONGEST = 120.0
"""Seconds that a client may take for a call."""
_SILENT_AFTER = 2.0
"""Seconds from a result until the bot gives up waiting to be asked for a response, and says nothing."""


class _Call:
    """A call that the client runs."""

    def __init__(self) -> None:
        self.output: str | None = None
        self.has_output = asyncio.Event()
        self.is_released = asyncio.Event()


class ClientTools(Toolset[ToolsetOptions]):
    """Functions that a client runs; their results come as items.

    A result is given to the chat model when the client asks for a response. If it does not, the result goes
    into the history, and the bot says nothing.

    Args:
        asked: called with each call that the client has to run.
    """

    def __init__(self, asked: Callable[[ToolCall], None]) -> None:
        super().__init__(ToolsetOptions(allow=()))
        self._asked = asked
        self._tools: list[Tool] = []
        self._calls: dict[str, _Call] = {}

    def offer(self, tools: Sequence[Tool]) -> None:
        """Offer these tools from the next request on."""
        self._tools = [Tool(tool.name, tool.description, tool.parameters, timeout=_LONGEST) for tool in tools]
        self.options = ToolsetOptions(allow=tuple(tool.name for tool in tools))

    def tools(self) -> Sequence[Tool]:
        return self._tools

    def keep(self, call_id: str, output: str) -> bool:
        """Keep a result; return whether it is waited for."""
        call = self._calls.get(call_id)
        if call is None or call.has_output.is_set():
            return False
        call.output = output
        call.has_output.set()
        return True

    def release(self) -> None:
        """Give the chat model the results that are kept."""
        for call in self._calls.values():
            if call.has_output.is_set():
                call.is_released.set()

    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        self._calls[call.id] = waiting = _Call()
        self._asked(call)
        try:
            await waiting.has_output.wait()
            try:
                async with asyncio.timeout(_SILENT_AFTER):
                    await waiting.is_released.wait()
            except TimeoutError:
                caller.stay_silent()
        finally:
            del self._calls[call.id]
        yield ToolResult(waiting.output or "")
