"""One connection to a server, which one task opens, holds and closes.

The package `mcp` requires that, and cancels this task when the connection breaks. So nothing else runs in it,
and how it ended says why the connection did.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from voicebot import __version__
from voicebot_mcp.failures import cause, never_arrived, shown
from voicebot_mcp.http_client import Responses, http_client
from voicebot_mcp.limits import LONGEST_MESSAGE, MOST_TOOLS
from voicebot_mcp.options import McpOptions
from voicebot_mcp.program import Program
from voicebot_mcp.tool_list import ToolList, tool_list

if TYPE_CHECKING:
    import mcp_types
    from anyio import CancelScope
    from mcp.client import Client, IncomingMessage, Transport
    from mcp.shared.dispatcher import ProgressFnT

logger = logging.getLogger(__name__)
_LISTEN_AGAIN = 1.0
"""Seconds until changes are listened for again when the stream of them has ended."""
_CLOSING = 1.0
"""Seconds that leaving a session may take, before it is broken off."""
_NO_SUCH_SESSION = (400, 404)
"""How servers answer after a restart, when they do not know the session any more."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a call: its result, or why there is none.

    `is_lost` if the connection broke, and `never_arrived` if that was before the server had the call.
    """

    result: mcp_types.CallToolResult | None = None
    failure: str = ""
    is_lost: bool = False
    never_arrived: bool = False


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
        self._error: BaseException | None = None
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
        """Run a tool."""
        from mcp import MCPError

        assert self._client is not None
        try:
            return Outcome(await self._client.call_tool(name, arguments, progress_callback=progress))
        except MCPError as error:
            return await self._failed(error)
        except Exception as error:  # such as a result that does not fit the tool's own schema
            return Outcome(failure=f"The tool ran, but its result cannot be used: {shown(error)}")

    async def _failed(self, error: Any) -> Outcome:
        """Return what an error means; if the connection broke, end it first, since that shows the cause."""
        from mcp_types import CONNECTION_CLOSED

        message: str = error.error.message
        if "byte limit" in message:
            return Outcome(failure=f"Its answer has more than {LONGEST_MESSAGE / 2**20:g} MB; ask for less.")
        if error.code == CONNECTION_CLOSED and message.startswith(("Connection closed", "SSE stream")):
            self._is_lost = True
            self._break_off()
            await self._ended.wait()
            arrived = self._error is None or not never_arrived(self._error)
            return Outcome(failure=self.failure or shown(message), is_lost=True, never_arrived=not arrived)
        if self._responses.status in _NO_SUCH_SESSION and self._has_session:
            self.close()
            return Outcome(failure=shown(message), is_lost=True, never_arrived=True)
        if self._responses.status:
            return Outcome(failure=cause(error, self._options, self._responses))
        return Outcome(failure=shown(message))

    @property
    def _has_session(self) -> bool:
        return self._client is not None and self._client.session.initialize_result is not None

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
        self._error = asyncio.CancelledError() if task.cancelled() else task.exception()
        ended = self._program.end if self._program is not None else ""
        if not self.failure and self._error is not None:
            self.failure = ended or cause(self._error, self._options, self._responses)
        self.failure = self.failure or ended

    async def _hold(self, mode: Literal["auto", "legacy"]) -> None:
        """Connect, and stay connected until `close`, or until the server is lost."""
        import anyio
        from mcp import Client
        from mcp_types import Implementation

        with anyio.CancelScope() as self._scope:
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
        self._client = client
        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(self._listen(client), name="mcp: changes of tools")
            while not self._is_over:
                await self._news.wait()
                self._news.clear()
                if not self._is_over:
                    await self._list_tools(client)
            listening.cancel()

    async def _list_tools(self, client: Client) -> None:
        listed: list[mcp_types.Tool] = []
        if client.server_capabilities.tools is not None:
            page = await client.list_tools()
            listed += page.tools
            while page.next_cursor is not None and len(listed) < MOST_TOOLS:
                page = await client.list_tools(cursor=page.next_cursor)
                listed += page.tools
        self.was_open = True
        self._client = client
        self._connected(tool_list(listed[:MOST_TOOLS], self._options))

    async def _listen(self, client: Client) -> None:
        """Note changes as servers of the newest version tell them; others send notifications."""
        from mcp import MCPError
        from mcp.client.subscriptions import ListenNotSupportedError, SubscriptionLost

        tools = client.server_capabilities.tools
        while tools is not None and tools.list_changed:
            try:
                async with client.listen(tools_list_changed=True) as changes:
                    async for _ in changes:
                        self._news.set()
            except SubscriptionLost:
                logger.debug("%s no longer tells changes", self._options.server_name)
            except (ListenNotSupportedError, MCPError, TimeoutError):
                return
            await asyncio.sleep(_LISTEN_AGAIN)
            self._news.set()

    async def _handle(self, message: IncomingMessage) -> None:
        if getattr(message, "method", None) == "notifications/tools/list_changed":
            self._news.set()

    def _lost(self) -> None:
        """Note that a program has ended, or has closed its output."""
        self._is_lost = True
        self._news.set()
