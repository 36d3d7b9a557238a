"""The tools that the chat model is offered: those that the config allows, with its changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from voicebot.dataclass import dataclass
from voicebot.engine.cancellation import own_cancellation
from voicebot.engine.failures import as_provider_error
from voicebot.errors import ProviderError
from voicebot.interfaces import Toolset
from voicebot.messages import Tool
from voicebot.messages.tool_rules import template_problems


@dataclass(frozen=True, slots=True)
class OfferedTool:
    """A tool as the chat model sees it, and what runs it.

    Args:
        tool: with the config's changes; its name is unique.
        toolset: runs it.
        own_name: what the toolset calls it.
    """

    tool: Tool
    toolset: Toolset[Any]
    own_name: str


class ToolCatalogue:
    """The tools of a bot's toolsets, in the order of the config.

    If several toolsets have a tool of the same name, the second is offered as `NAME_2`, the third as
    `NAME_3`: whoever uses two servers cannot change what these call their tools.

    Args:
        notice: called with what is wrong with a toolset, as often as the tools are asked for.
    """

    def __init__(self, toolsets: Iterable[Toolset[Any]], notice: Callable[[str], None]) -> None:
        self._toolsets = tuple(toolsets)
        self._notice = notice

    def offered(self) -> dict[str, OfferedTool]:
        """Return what there is now, by the name that the chat model uses."""
        known = ((toolset, self._tools_of(toolset)) for toolset in self._toolsets)
        return offer([(toolset, tools) for toolset, tools in known if tools is not None], self._notice)

    def _tools_of(self, toolset: Toolset[Any]) -> Mapping[str, Tool] | None:
        """Return the tools by name; None if the toolset breaks."""
        try:
            with own_cancellation("it broke"):
                tools: Sequence[Tool] = toolset.tools()
                if not all(isinstance(tool, Tool) for tool in tools):
                    raise ProviderError("it has something that is not a Tool")
        except Exception as error:  # a third-party toolset may raise anything
            reason = as_provider_error("it broke", error)
            self._notice(f"{type(toolset).__name__} offers no tools: {reason}")
            return None
        return {tool.name: tool for tool in tools}


def offer(
    toolsets: Iterable[tuple[Toolset[Any], Mapping[str, Tool]]], notice: Callable[[str], None]
) -> dict[str, OfferedTool]:
    """Return what toolsets with these tools offer, by the name that the chat model uses.

    A tool whose question for confirmation has a `{name}` that is not an argument is not offered: the user
    could not hear what the answer is about.

    Args:
        notice: called with what is allowed and not there, or not offered.
    """
    offered: dict[str, OfferedTool] = {}
    for toolset, tools in toolsets:
        allowed = dict.fromkeys(toolset.options.allow)
        if missing := [repr(name) for name in allowed if name not in tools]:
            notice(f"there is no tool {', '.join(missing)} in {type(toolset).__name__} (`allow`)")
        for name in allowed:
            if (tool := tools.get(name)) is None:
                continue
            unique = _unique(name, offered)
            changed = _changed(replace(tool, name=unique), toolset, name)
            if reasons := list(template_problems(changed.confirm or "", changed.parameters)):
                wrong = f"wrong `confirm`: {'; '.join(reasons)}"
                notice(f"the tool {name!r} of {type(toolset).__name__} is not offered: {wrong}")
                continue
            offered[unique] = OfferedTool(changed, toolset, name)
    return offered


def _unique(name: str, taken: Mapping[str, object]) -> str:
    unique, number = name, 1
    while unique in taken:
        number += 1
        unique = f"{name}_{number}"
    return unique


def _changed(tool: Tool, toolset: Toolset[Any], name: str) -> Tool:
    """Return a tool with the changes of the config."""
    override = toolset.options.overrides.get(name)
    if override is None:
        return tool
    changes = {key: value for key, value in override if value is not None}
    if "confirm" in changes:
        changes["confirm"] = changes["confirm"].strip() or None
    return replace(tool, **changes)
