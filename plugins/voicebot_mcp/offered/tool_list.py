"""The tools of a server as the chat model is offered them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voicebot import Tool, printable
from voicebot_mcp.limits import LONGEST_DESCRIPTION
from voicebot_mcp.offered.schemas import UnusableSchema, parameters
from voicebot_mcp.options import McpOptions

if TYPE_CHECKING:
    import mcp_types

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_-]")
_LONGEST_NAME = 64


@dataclass(frozen=True)
class ToolList:
    """The tools, by the names that the chat model uses, and how the server calls those."""

    tools: tuple[Tool, ...] = ()
    server_names: Mapping[str, str] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    """A line for each tool that cannot be offered."""


def tool_list(listed: Iterable[mcp_types.Tool], options: McpOptions) -> ToolList:
    """Return what a server lists; see `model_name` for names."""
    tools: dict[str, Tool] = {}
    server_names: dict[str, str] = {}
    refused: list[str] = []
    for each in listed:
        name = model_name(each.name)
        shown = printable(each.name[:_LONGEST_NAME])
        if not name:
            refused.append(f"its tool '{shown}' is not offered: it has no name that a model could use")
        elif name in tools:
            refused.append(f"its tool '{shown}' is not offered: another one is called '{name}' as well")
        else:
            try:
                tools[name] = _tool(name, each, options)
                server_names[name] = each.name
            except UnusableSchema as error:
                refused.append(f"its tool '{shown}' is not offered: {printable(str(error))}")
    return ToolList(tuple(tools.values()), server_names, tuple(refused))


def model_name(name: str) -> str:
    """Return a name of at most 64 letters, digits, `_` and `-`, which are all that chat models accept.

    Any other character becomes `_`; the result is empty if none of them is a letter or digit.
    """
    changed = _NOT_IN_A_NAME.sub("_", name)[:_LONGEST_NAME]
    return changed if changed.strip("_-") else ""


def _tool(name: str, listed: mcp_types.Tool, options: McpOptions) -> Tool:
    reads = options.trust_hints and listed.annotations is not None and listed.annotations.read_only_hint
    return Tool(
        name,
        _shortened(listed.description or listed.title or ""),
        parameters(listed.input_schema),
        "reads" if reads else "writes",
        timeout=options.timeout,
    )


def _shortened(description: str) -> str:
    text = description.strip()
    if len(text) <= LONGEST_DESCRIPTION:
        return text
    return f"{text[: LONGEST_DESCRIPTION - 3].rpartition(' ')[0]}..."


def newly_refused(before: ToolList, now: ToolList) -> Iterator[str]:
    """Yield why tools are not offered, except for what was so before."""
    yield from (line for line in now.refused if line not in before.refused)
