"""A server, kept connected by one task; its tools, and calls to them. All of it runs in one event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from voicebot import ToolResult
from voicebot_mcp.connection import Connection
from voicebot_mcp.offered.results import tool_result
from voicebot_mcp.offered.tool_list import ToolList, newly_refused
from voicebot_mcp.options import McpOptions
from voicebot_mcp.redaction import without_secrets

if TYPE_CHECKING:
    from mcp.shared.dispatcher import ProgressFnT

logger = logging.getLogger(__name__)
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
"""Seconds between attempts to connect; they double each time."""
_STABLE = 10.0
"""Seconds after which a connection that breaks is opened again at once."""
_LONGEST_ATTEMPT = 60.0
"""Seconds after which an attempt to connect is given up, and the next one begins."""


class Server:
    """Connects to the server of the options again and again, until it is stopped.

    Args:
        publish: called with the tools whenever they have changed.
        settled: called when an attempt to connect has succeeded or failed.
        warn: called with a line for users.
    """

    def __init__(
        self,
        options: McpOptions,
        publish: Callable[[ToolList], None],
        settled: Callable[[], None],
        warn: Callable[[str], None],
    ) -> None:
        self._options = options
        self._publish = publish
        self._report_settled = settled
        self._warn = warn
        self._tools = ToolList()
        self._connection: Connection | None = None
        self._failure = ""
        self._settled = asyncio.Event()
        self._wanted = asyncio.Event()
        self._is_stopping = False

    async def run(self) -> None:
        """Keep the server connected, until `stop`."""
        clock = asyncio.get_running_loop().time
        pause = _FIRST_PAUSE
        try:
            while not self._is_stopping:
                self._settled.clear()
                self._wanted.clear()
                self._connection = Connection(self._options, self._connected)
                began = clock()
                await self._connection.run(_LONGEST_ATTEMPT)
                self._end_attempt(self._connection)
                if self._connection.was_open and clock() - began > _STABLE:
                    pause = _FIRST_PAUSE
                elif not self._is_stopping:
                    await self._pause(pause)
                    pause = min(2 * pause, _LONGEST_PAUSE)
        finally:
            self._settle()

    def stop(self) -> None:
        """Let `run` end as soon as the server is disconnected."""
        self._is_stopping = True
        self._wanted.set()
        if self._connection is not None:
            self._connection.close()

    def kill(self) -> None:
        """End a program at once, from any thread."""
        if self._connection is not None:
            self._connection.kill()

    async def call(
        self, name: str, arguments: dict[str, Any], *, reads: bool, progress: ProgressFnT
    ) -> ToolResult:
        """Run a tool and return its result.

        If the connection breaks before the call has arrived, or if the tool only reads, it is tried once more
        on a new connection.
        """
        lost = ""
        for _ in range(2):
            connection = await self._current()
            if connection is None:
                return ToolResult(
                    f"{self._options.server_name} cannot be used now: {self._failure}", failed=True
                )
            server_name = self._tools.server_names.get(name, name)
            outcome = await connection.call(server_name, arguments, progress)
            if outcome.result is not None:
                result = tool_result(outcome.result)
                return replace(result, text=without_secrets(result.text, self._options))
            if not outcome.is_lost:
                return ToolResult(outcome.failure, failed=True)
            lost = outcome.failure
            if not (reads or outcome.never_arrived):
                reason = f"It is unknown whether this was done: its server was lost during the call ({lost})."
                return ToolResult(reason, failed=True)
        return ToolResult(f"Its server was lost during the call, twice ({lost}).", failed=True)

    async def _current(self) -> Connection | None:
        """Return the open connection; if there is none, the next one, or None if it fails."""
        if self._connection is None or not self._connection.is_open:
            self._settled.clear()
            self._wanted.set()
            if not self._is_stopping:
                await self._settled.wait()
        return self._connection if self._connection is not None and self._connection.is_open else None

    def _connected(self, tools: ToolList) -> None:
        """Take note of the tools, when a connection is open and whenever they have changed."""
        for line in newly_refused(self._tools, tools):
            self._warn(f"{self._options.server_name}: {line}")
        self._tools = tools
        self._publish(tools)
        if self._failure:
            self._failure = ""
            self._warn(f"{self._options.server_name} is connected")
        self._settle()

    def _end_attempt(self, connection: Connection) -> None:
        """Report why the server cannot be used, once; calls wait for the next attempt if it was connected."""
        if self._is_stopping:
            return
        failure = connection.failure or "it has ended"
        report = logger.debug if self._failure else self._warn
        report(f"{self._options.server_name} cannot be used: {failure}; trying again in the background")
        self._failure = failure
        if not connection.was_open:
            self._settle()

    def _settle(self) -> None:
        self._settled.set()
        self._report_settled()

    async def _pause(self, seconds: float) -> None:
        """Wait before the next attempt, unless a call wants the server."""
        try:
            async with asyncio.timeout(seconds):
                await self._wanted.wait()
        except TimeoutError:
            pass
