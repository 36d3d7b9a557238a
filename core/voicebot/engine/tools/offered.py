"""Which tools of a toolset a bot offers to its chat model, as its config changes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from voicebot.messages import Tool
from voicebot.options import ToolsetOptions


def offered(options: ToolsetOptions, tools: Iterable[Tool]) -> list[Tool]:
    """Return the allowed tools in the order of `allow`, with the config's changes."""
    found = {tool.name: tool for tool in tools}
    return [_changed(found[name], options) for name in options.allow if name in found]


def _changed(tool: Tool, options: ToolsetOptions) -> Tool:
    override = options.overrides.get(tool.name)
    if override is None:
        return tool
    changes: dict[str, Any] = {name: value for name, value in override if value is not None}
    if changes.get("confirm") == "":
        changes["confirm"] = None
    return replace(tool, **changes)
