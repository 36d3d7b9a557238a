"""Checking the section `tools`: what it allows and changes, against the tools that there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from voicebot.config.reading.tree import Place, Section, find
from voicebot.config.suggestions import did_you_mean
from voicebot.dataclass import dataclass
from voicebot.errors import Problem
from voicebot.messages import Tool
from voicebot.messages.tool_rules import (
    MOST_TOOLS,
    description_problem,
    name_problem,
    schema_problems,
    template_problems,
)
from voicebot.options import Options, ToolOverride, ToolsetOptions


@dataclass(frozen=True, slots=True)
class ToolsetSection:
    """A toolset that a config selects: its name and options, and the section that holds them."""

    name: str
    options: ToolsetOptions
    section: Section

    def allowed(self) -> Iterator[tuple[str, Place]]:
        """Yield the names in `allow`, each once, with its place."""
        for name in dict.fromkeys(self.options.allow):
            number = self.options.allow.index(name)
            yield name, find(self.section, ("allow", number)).place

    def overrides(self) -> Iterator[tuple[str, ToolOverride, Place, Place]]:
        """Yield the changes of tools: name, change, the places of the name and, if set, of `confirm`."""
        for name, override in self.options.overrides.items():
            place = find(self.section, ("overrides", name)).key
            yield name, override, place, find(self.section, ("overrides", name, "confirm")).place


@dataclass(frozen=True, slots=True)
class AllowedTool:
    """A tool that a config allows: the number of its toolset, what that calls it, and its place."""

    toolset: int
    own_name: str
    place: Place


def allowed_tools(toolsets: Sequence[ToolsetSection]) -> dict[str, AllowedTool]:
    """Return what is allowed by the name that the chat model uses, if each toolset has what it should.

    As in the engine, a name that is taken gets a number.
    """
    allowed: dict[str, AllowedTool] = {}
    for number, toolset in enumerate(toolsets):
        for name, place in toolset.allowed():
            unique, count = name, 1
            while unique in allowed:
                count += 1
                unique = f"{name}_{count}"
            allowed[unique] = AllowedTool(number, name, place)
    return allowed


def numbered(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of toolsets for messages: several of a name get a number, such as `mcp 2`."""
    return tuple(
        f"{name} {names[: number + 1].count(name)}" if names.count(name) > 1 else name
        for number, name in enumerate(names)
    )


def start_problems(toolsets: Sequence[ToolsetSection], limit: float) -> Iterator[Problem]:
    """Yield which toolsets wait longer for a server than the bot waits for any provider to start.

    Such a server would keep the bot from starting, which a `start_timeout` of the toolset is to prevent.
    """
    for each in toolsets:
        own = getattr(each.options, "start_timeout", None)
        if isinstance(own, float) and own >= limit:
            reason = (
                f"may take {own:g} s to start, but after {limit:g} s (`start_timeout` of the whole config) "
                "the bot does not start at all; set that to more, or this to less"
            )
            yield find(each.section, ("start_timeout",)).place.problem(f"{each.name}: {reason}", "warning")


def tool_problems(toolsets: Sequence[ToolsetSection]) -> Iterator[Problem]:
    """Yield everything that can be found wrong without starting the toolsets."""
    allowed = allowed_tools(toolsets)
    for count, (name, tool) in enumerate(allowed.items(), 1):
        toolset = toolsets[tool.toolset].name
        if reason := name_problem(tool.own_name):
            yield tool.place.problem(f"{toolset}: {reason}")
        if name != tool.own_name:
            other = toolsets[allowed[tool.own_name].toolset].name
            again = f"is offered as '{name}', since {other} has a tool of that name"
            yield tool.place.problem(f"{toolset}: {tool.own_name!r} {again}", "warning")
        if count == MOST_TOOLS + 1:
            reason = f"chat models take at most {MOST_TOOLS} tools; allow fewer"
            yield tool.place.problem(f"{toolset}: {reason}")
    for section in toolsets:
        if not section.options.allow:
            place = find(section.section, ("allow",)).place
            listing = "`voicebot check CONFIG --connect` lists what there is"
            yield place.problem(f"{section.name}: allows no tool, so it offers none; {listing}", "warning")
        for name, _, place, _ in section.overrides():
            if name not in section.options.allow:
                near = did_you_mean(name, section.options.allow)
                yield place.problem(f"{section.name}: {name!r} is not in `allow`{near}")
        if (known := section.options.known_tools()) is not None:
            yield from offer_problems(section, known)


def call_problems(
    chat: str, options: Options, section: Section, toolsets: Sequence[ToolsetSection]
) -> Iterator[Problem]:
    """Yield which tools a chat model's options, which are in a section, call and no toolset allows."""
    allowed = allowed_tools(toolsets)
    for path, name in options.called_tools():
        if name not in allowed:
            reason = f"calls {name!r}, which no `allow` under `tools` names{did_you_mean(name, allowed)}"
            yield find(section, path).place.problem(f"{chat}: {reason}", "warning")


def offer_problems(toolset: ToolsetSection, offered: Mapping[str, Tool | None]) -> Iterator[Problem]:
    """Yield what is wrong with what a toolset offers, and with what the config expects of it.

    What is wrong with a tool itself is a warning: a chat model may mend it, or its server accept it.

    Args:
        offered: the toolset's tools by name; None for a tool of which nothing else is known.
    """
    for name, place in toolset.allowed():
        if name not in offered:
            yield place.problem(f"{toolset.name}: there is no tool {name!r}{_instead(name, offered)}")
        elif (tool := offered[name]) is not None:
            override = toolset.options.overrides.get(name, ToolOverride())
            for reason in _reasons(tool, override):
                yield place.problem(f"{toolset.name}: {name}: {reason}", "warning")
    for name, override, _, place in toolset.overrides():
        tool = offered.get(name)
        if override.confirm and tool is not None:
            for reason in template_problems(override.confirm, tool.parameters):
                yield place.problem(f"{toolset.name}: confirm of {name}: {reason}")


def _reasons(tool: Tool, override: ToolOverride) -> Iterator[str]:
    """Yield what is wrong with a tool itself, except for what the config replaces."""
    if override.description is None and (reason := description_problem(tool.description)):
        yield f"{reason}; write a shorter one in `overrides`"
    problems = list(schema_problems(tool.parameters))
    yield from problems
    if tool.confirm and override.confirm is None and not problems:
        yield from (f"its confirm: {reason}" for reason in template_problems(tool.confirm, tool.parameters))


def _instead(name: str, offered: Mapping[str, Tool | None]) -> str:
    """Return what was probably meant, or what there is."""
    if near := did_you_mean(name, offered):
        return near
    return f"; its tools are {', '.join(offered)}" if offered else "; it has no tools"
