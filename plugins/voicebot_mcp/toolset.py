"""The toolset `mcp`."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import Future
from typing import Any

from voicebot import (
    ProviderError,
    Tool,
    ToolCall,
    ToolCaller,
    ToolEvent,
    ToolProgress,
    ToolResult,
    Toolset,
    printable,
)
from voicebot_mcp import sdk
from voicebot_mcp.limits import LONGEST_PROGRESS, MOST_PROGRESS
from voicebot_mcp.loop_thread import LoopThread, call_soon
from voicebot_mcp.offered.tool_list import ToolList
from voicebot_mcp.options import McpOptions
from voicebot_mcp.redaction import without_secrets
from voicebot_mcp.server import Server

logger = logging.getLogger(__name__)
_CLOSE_TIMEOUT = 2.5
"""Seconds that disconnecting may take; the command line waits for 3 when it is interrupted."""


class McpToolset(Toolset[McpOptions]):
    """Tools of a server that speaks the Model Context Protocol: a program, or one at an HTTP address.

    A server that cannot be used does not keep the bot from starting: a warning says why, and it is connected
    as soon as it can be. The same happens when it is lost. Everything of the package `mcp` runs in a thread
    with its own event loop, so that neither its import, nor a large result, nor a task that it cancels when a
    connection breaks can disturb the conversation.
    """

    def __init__(self, options: McpOptions) -> None:
        super().__init__(options)
        self._tools = ToolList()
        self._server: Server | None = None
        self._thread: LoopThread | None = None

    async def start(self) -> None:
        """Connect to the server, or find out that this fails, or takes longer than `start_timeout`."""
        if self._thread is not None and self._thread.is_alive:
            return
        loop = asyncio.get_running_loop()
        settled = asyncio.Event()

        async def serve() -> None:
            self._server = Server(
                self.options,
                publish=self._publish,
                settled=lambda: call_soon(loop, settled.set),
                warn=lambda line: call_soon(loop, logger.warning, "%s", line),
            )
            await self._server.run()

        self._thread = LoopThread(
            sdk.load, serve, lambda: call_soon(loop, settled.set), f"mcp: {self.options.server_name}"
        )
        self._thread.start()
        try:
            async with asyncio.timeout(self.options.start_timeout):
                await settled.wait()
        except TimeoutError:
            logger.warning(
                "%s has not answered within %g s (`start_timeout`); its tools are added when it does",
                self.options.server_name,
                self.options.start_timeout,
            )
        if self._thread.failure is not None:
            raise ProviderError(str(self._thread.failure)) from self._thread.failure

    def tools(self) -> Sequence[Tool]:
        """Return the tools that the server had when it was last connected."""
        return self._tools.tools

    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        """Run a tool of the server; a call that is cancelled is cancelled there as well."""
        loop = asyncio.get_running_loop()
        events: asyncio.Queue[ToolEvent | Exception] = asyncio.Queue()
        running = self._submit(call, lambda event: call_soon(loop, events.put_nowait, event))
        try:
            while True:
                event = await events.get()
                if isinstance(event, Exception):
                    raise event
                yield event
                if isinstance(event, ToolResult):
                    return
        finally:
            running.cancel()

    async def aclose(self) -> None:
        """Disconnect, and end the program and all that it has started."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        try:
            await thread.stop(self._stop, _CLOSE_TIMEOUT)
        finally:
            if thread.is_alive and self._server is not None:
                self._server.kill()

    def _publish(self, tools: ToolList) -> None:
        self._tools = tools

    def _stop(self) -> None:
        if self._server is not None:
            self._server.stop()

    def _submit(self, call: ToolCall, tell: Callable[[ToolEvent | Exception], None]) -> Future[None]:
        """Run a call in the thread of the server, which tells its progress and its result."""
        thread, server = self._thread, self._server
        if thread is None or server is None:
            raise ProviderError(f"{self.options.server_name} is not connected")
        arguments = _arguments(call)

        told = 0

        async def tell_progress(progress: float, total: float | None, message: str | None) -> None:
            nonlocal told
            if not message or told >= MOST_PROGRESS:
                return
            if line := printable(without_secrets(message, self.options)).strip():
                told += 1
                tell(ToolProgress(line[:LONGEST_PROGRESS]))

        async def run() -> None:
            outcome: ToolResult | Exception = ProviderError("the call was cancelled")
            try:
                outcome = await server.call(
                    call.name, arguments, reads=self._reads(call.name), progress=tell_progress
                )
            except Exception as error:
                outcome = error
            finally:
                tell(outcome)

        try:
            return thread.submit(run())
        except RuntimeError as error:
            raise ProviderError(f"{self.options.server_name} is not connected") from error

    def _reads(self, name: str) -> bool:
        """Return whether a tool changes nothing."""
        override = self.options.overrides.get(name)
        if override is not None and override.effect is not None:
            return override.effect == "reads"
        return any(tool.name == name and tool.effect == "reads" for tool in self._tools.tools)


def _arguments(call: ToolCall) -> dict[str, Any]:
    """Return the arguments of a call; the engine has checked them."""
    try:
        arguments = json.loads(call.arguments or "{}")
    except (ValueError, RecursionError):
        arguments = None
    if not isinstance(arguments, dict):
        raise ProviderError(f"the arguments of {printable(call.name)} are no JSON object")
    return arguments
