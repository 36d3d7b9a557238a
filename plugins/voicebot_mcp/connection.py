"""One connection to a server, which one task opens, holds and closes.

The package `mcp` requires that, and cancels this task when the connection breaks. So nothing else runs in it,
and how it ended says why the connection did.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from voicebot import __version__
from voicebot_mcp.calls import Outcome, call_tool, changes, list_tools
from voicebot_mcp.failures import cause
from voicebot_mcp.limits import BETWEEN_LISTS, LONGEST_MESSAGE
from voicebot_mcp.offered.tool_list import ToolList, tool_list
from voicebot_mcp.options import McpOptions
from voicebot_mcp.transports.http_client import Responses, http_client
from voicebot_mcp.transports.program import Program

if TYPE_CHECKING:
    from anyio import CancelScope
    from mcp.client import Client, IncomingMessage, Transport
    from mcp.shared.dispatcher import ProgressFnT

logger = logging.getLogger(__name__)
_CLOSING = 1.0
"""Seconds that leaving a session may take, before it is broken off."""


class Connection:
    """Connects once; `run` does everything.

    Args:
        connected: called with the tools when the connection is open, and whenever they change.
    """

    def __init__(self, options: McpOptions, connected: Callable[[ToolList], None]) -> None:
        self._options = options
        self._connected = connected
        self._responses = Responses()
        self._program: Program | None = None
        self._client: Client | None = None
        self._scope: CancelScope | None = None
        self._reason = ""
        self._news = asyncio.Event()
        self._ended = asyncio.Event()
        self._is_closing = False
        self._is_lost = False
        self.was_open = False
        self.failure = ""
        """Why it ended, once it has."""

    @property
    def is_open(self) -> bool:
        """Whether calls are possible."""
        return self._client is not None and not self._is_over

    @property
    def _is_over(self) -> bool:
        return self._is_closing or self._is_lost

    async def run(self, limit: float) -> None:
        """Connect, and return when the connection has ended; give up if connecting takes `limit` seconds.

        Some programs end when they are asked for something before the old handshake, instead of refusing it.
        Then the handshake is tried.
        """
        giving_up = asyncio.get_running_loop().call_later(limit, self._give_up, limit)
        try:
            await self._hold_in_task("auto")
            if self._program is not None and self._program.is_silent and not self._is_closing:
                await self._hold_in_task("legacy")
        finally:
            giving_up.cancel()
            self._client = None
            self._ended.set()

    def close(self) -> None:
        """Let `run` end, from within its loop; calls in flight fail."""
        self._is_closing = True
        self._news.set()
        if self._client is None:
            self._break_off()
        else:
            asyncio.get_running_loop().call_later(_CLOSING, self._break_off)

    def kill(self) -> None:
        """End a program at once, from any thread."""
        if self._program is not None:
            self._program.kill()

    async def call(self, name: str, arguments: dict[str, Any], progress: ProgressFnT) -> Outcome:
        """Run a tool; if the connection turns out to be lost, end it, since that shows the cause."""
        assert self._client is not None
        outcome = await call_tool(self._client, name, arguments, progress, self._options)
        if not outcome.is_lost:
            return outcome
        self._is_lost, self._reason = True, outcome.failure
        self._break_off()
        await self._ended.wait()
        return replace(outcome, failure=self.failure)

    def _give_up(self, limit: float) -> None:
        if self._client is None:
            self.failure = f"it does not answer within {limit:g} s"
            self._break_off()

    def _break_off(self) -> None:
        if self._scope is not None:
            self._scope.cancel()

    async def _hold_in_task(self, mode: Literal["auto", "legacy"]) -> None:
        """Run `_hold` in a task of its own, and note why it ended."""
        self._is_lost, self.failure = False, ""
        task = asyncio.create_task(self._hold(mode), name=f"mcp: {self._options.server_name}")
        try:
            await asyncio.wait({task})
        finally:
            if not task.done():  # `run` was cancelled
                task.cancel()
                await asyncio.wait({task})
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        ended = self._program.end if self._program is not None else ""
        if not self.failure and error is not None:
            self.failure = ended or cause(error, self._options, self._responses)
        self.failure = self.failure or ended or self._reason

    async def _hold(self, mode: Literal["auto", "legacy"]) -> None:
        """Connect, and stay connected until `close`, or until the server is lost."""
        import anyio
        from mcp import Client
        from mcp_types import Implementation

        with anyio.CancelScope() as self._scope:
            if self._is_closing:
                return
            async with AsyncExitStack() as opened:
                client = Client(
                    await self._transport(opened),
                    mode=mode,
                    cache=None,
                    message_handler=self._handle,
                    client_info=Implementation(name="voicebot", version=__version__),
                )
                await opened.enter_async_context(client)
                await self._list_tools(client)
                await self._follow(client)

    async def _transport(self, opened: AsyncExitStack) -> Transport:
        from mcp.client.streamable_http import streamable_http_client

        if self._options.command is not None:
            self._program = Program(self._options, self._lost)
            return self._program.connect()
        assert self._options.url is not None
        client = await opened.enter_async_context(http_client(self._options, self._responses))
        return streamable_http_client(
            self._options.url, http_client=client, max_sse_event_size=LONGEST_MESSAGE
        )

    async def _follow(self, client: Client) -> None:
        """Fetch the tools again whenever they have changed."""
        self._responses.status = 0  # of a question whether it speaks the newest version
        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(self._listen(client), name="mcp: changes of tools")
            while not self._is_over:
                await self._news.wait()
                if not self._is_over:
                    await asyncio.sleep(BETWEEN_LISTS)
                self._news.clear()
                if not self._is_over:
                    await self._list_tools(client)
            listening.cancel()

    async def _list_tools(self, client: Client) -> None:
        listed = tool_list(await list_tools(client), self._options)
        self._client, self.was_open = client, True
        self._connected(listed)

    async def _listen(self, client: Client) -> None:
        async with aclosing(changes(client)) as listened:
            async for _ in listened:
                self._news.set()

    async def _handle(self, message: IncomingMessage) -> None:
        if getattr(message, "method", None) == "notifications/tools/list_changed":
            self._news.set()

    def _lost(self) -> None:
        """Note that a program has ended, or has closed its output."""
        self._is_lost = True
        self._news.set()
