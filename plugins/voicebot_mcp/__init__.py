"""Tools of servers that speak the Model Context Protocol (MCP), as the toolset `mcp`.

Such a server is a program that voicebot runs, or has an HTTP address. The distribution `mcp`, the official
client, is imported when a toolset starts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl
from voicebot_mcp.sdk import EXTRA

if TYPE_CHECKING:
    from voicebot import Registry

voicebot_api = (1, 0)


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register the toolset `mcp`."""
    registry.add(
        "mcp",
        "voicebot_mcp.toolset:McpToolset",
        "voicebot_mcp.options:McpOptions",
        kind="toolset",
        requires={"mcp": EXTRA},
    )
