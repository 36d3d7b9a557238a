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
from voicebot.options import ToolsetOptions


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


@dataclass(frozen=True, slots=True)
class AvailableTools:
    """The tools that a toolset has now.

    Args:
        name: of the toolset, in messages.
        options: of the toolset; they may be replaced while it is in use.
    """

    name: str
    toolset: Toolset[Any]
    options: ToolsetOptions
    tools: tuple[Tool, ...]


class ToolCatalogue:
    """The tools of a bot's toolsets, in the order of the config.

    If several toolsets have a tool of the same name, the second is offered as `NAME_2`, the third as
    `NAME_3`: whoever uses two servers cannot change what these call their tools.

    Args:
        notice: called with what is wrong with a toolset.
        names: of the toolsets, in messages; by default, those of their classes.
    """

    def __init__(
        self, toolsets: Sequence[Toolset[Any]], notice: Callable[[str], None], names: Sequence[str] = ()
    ) -> None:
        names = names or [type(toolset).__name__ for toolset in toolsets]
        self._toolsets = tuple(zip(names, toolsets, strict=True))
        self._notice = notice
        self._available: list[AvailableTools] = []
        self._offered: dict[str, OfferedTool] = {}

    def has(self, tool: OfferedTool) -> bool:
        """Return whether a tool that another catalogue had is offered, by the same toolset."""
        own = self.offered().values()
        return any(each.toolset is tool.toolset and each.own_name == tool.own_name for each in own)

    def offered(self) -> Mapping[str, OfferedTool]:
        """Return what there is now, by the name that the chat model uses.

        It is the same object until a toolset's tools change: this is called before each request.
        """
        available = [found for each in self._toolsets if (found := self._available_in(*each)) is not None]
        if available != self._available:
            self._offered = offer(available, self._notice)
            self._available = available
        return self._offered

    def _available_in(self, name: str, toolset: Toolset[Any]) -> AvailableTools | None:
        """Return the tools of a toolset; None if it breaks."""
        try:
            with own_cancellation("it broke"):
                tools = tuple(toolset.tools())
                if not all(isinstance(tool, Tool) for tool in tools):
                    raise ProviderError("it has something that is not a Tool")
        except Exception as error:  # a third-party toolset may raise anything
            reason = as_provider_error("it broke", error)
            self._notice(f"the toolset '{name}' offers no tools: {reason}")
            return None
        return AvailableTools(name, toolset, toolset.options, tools)


def offer(available: Iterable[AvailableTools], notice: Callable[[str], None]) -> dict[str, OfferedTool]:
    """Return what is offered of the tools that there are, by the name that the chat model uses.

    A tool whose question for confirmation has a `{name}` that is not an argument is not offered: the user
    could not hear what the answer is about.

    Args:
        notice: called with what is allowed and not there, or not offered.
    """
    offered: dict[str, OfferedTool] = {}
    for each in available:
        tools = {tool.name: tool for tool in each.tools}
        allowed = dict.fromkeys(each.options.allow)
        if allowed and not tools:  # such as a server that is not connected yet
            notice(f"the toolset '{each.name}' has no tools now")
        elif missing := [repr(name) for name in allowed if name not in tools]:
            notice(f"the toolset '{each.name}' has no tool {' or '.join(missing)} (`allow`)")
        for name in allowed:
            if (tool := tools.get(name)) is None:
                continue
            unique = _unique(name, offered)
            changed = _changed(replace(tool, name=unique), each.options, name)
            if reasons := list(template_problems(changed.confirm or "", changed.parameters)):
                wrong = f"wrong `confirm`: {'; '.join(reasons)}"
                notice(f"the tool {name!r} of the toolset '{each.name}' is not offered: {wrong}")
                continue
            offered[unique] = OfferedTool(changed, each.toolset, name)
    return offered


def _unique(name: str, taken: Mapping[str, object]) -> str:
    unique, number = name, 1
    while unique in taken:
        number += 1
        unique = f"{name}_{number}"
    return unique


def _changed(tool: Tool, options: ToolsetOptions, name: str) -> Tool:
    """Return a tool with the changes of the config."""
    override = options.overrides.get(name)
    if override is None:
        return tool
    changes = {key: value for key, value in override if value is not None}
    if "confirm" in changes:
        changes["confirm"] = changes["confirm"].strip() or None
    return replace(tool, **changes)
