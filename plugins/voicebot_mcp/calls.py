"""A call of a tool, and what its failure means."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voicebot_mcp.failures import cause
from voicebot_mcp.limits import LONGEST_MESSAGE, MOST_PAGES, MOST_TOOLS
from voicebot_mcp.options import McpOptions
from voicebot_mcp.redaction import shown
from voicebot_mcp.transports.http_client import Responses, responses_of_call

if TYPE_CHECKING:
    import mcp_types
    from mcp.client import Client
    from mcp.shared.dispatcher import ProgressFnT

_NO_SUCH_SESSION = (400, 404)
"""How servers answer after a restart, when they do not know the session any more."""
_BROKEN = ("Connection closed", "SSE stream")
"""How messages of the package `mcp` begin if an answer can no longer come."""
_LISTEN_AGAIN = 5.0
"""Seconds until changes are listened for again when the stream of them has ended."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a call: its result, or why there is none.

    `is_lost` if the connection cannot be used any more, and `never_arrived` if nothing was done.
    """

    result: mcp_types.CallToolResult | None = None
    failure: str = ""
    is_lost: bool = False
    never_arrived: bool = False


async def call_tool(
    client: Client,
    name: str,
    arguments: dict[str, Any],
    progress: ProgressFnT,
    options: McpOptions,
) -> Outcome:
    """Call a tool."""
    from mcp import MCPError
    from mcp_types import CONNECTION_CLOSED

    responses = Responses()
    responses_of_call.set(responses)
    try:
        return Outcome(await client.call_tool(name, arguments, progress_callback=progress))
    except MCPError as error:
        message = error.error.message
        if "byte limit" in message:
            return Outcome(failure=f"Its answer has more than {LONGEST_MESSAGE / 2**20:g} MB; ask for less.")
        if error.code == CONNECTION_CLOSED and message.startswith(_BROKEN):
            return Outcome(failure=shown(message, options), is_lost=True, never_arrived=responses.never_sent)
        if responses.status in _NO_SUCH_SESSION and client.session.initialize_result is not None:
            forgotten = "it does not know the session any more, such as after a restart"
            return Outcome(failure=forgotten, is_lost=True, never_arrived=True)
        if responses.status:
            return Outcome(failure=cause(error, options, responses))
        return Outcome(failure=shown(message, options))
    except Exception as error:  # such as a result that does not fit the tool's own schema
        return Outcome(failure=f"The tool ran, but its result cannot be used: {shown(error, options)}")


async def list_tools(client: Client) -> list[mcp_types.Tool]:
    """Return all tools, up to a limit."""
    listed: list[mcp_types.Tool] = []
    if client.server_capabilities.tools is None:
        return listed
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = await client.list_tools(cursor=cursor)
        listed += page.tools
        cursor = page.next_cursor
        if cursor is None or len(listed) >= MOST_TOOLS:
            break
    return listed[:MOST_TOOLS]


async def changes(client: Client) -> AsyncGenerator[None, None]:
    """Yield when the tools may have changed, as servers of the newest version tell; end if this one does not.

    Servers of older versions send notifications instead.
    """
    from mcp import MCPError
    from mcp.client.subscriptions import ListenNotSupportedError, SubscriptionLost

    tools = client.server_capabilities.tools
    while tools is not None and tools.list_changed:
        try:
            async with client.listen(tools_list_changed=True) as listened:
                yield  # they may have changed before it listened
                async for _ in listened:
                    yield
        except SubscriptionLost:
            pass  # such as when a proxy ends it
        except (ListenNotSupportedError, MCPError, TimeoutError):
            return
        await asyncio.sleep(_LISTEN_AGAIN)
