"""The tools that a toolset has, in a form that can be copied into `allow`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from voicebot.cli.output.printing import columns, echo, styled
from voicebot.cli.resources.offers import ListedTools, offered
from voicebot.messages import Tool
from voicebot.options import ToolsetOptions

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_WORDS_OF_YAML = frozenset(("false", "n", "no", "null", "off", "on", "true", "y", "yes"))
_INDENT = 4


def show_allow_list(toolset: ListedTools) -> None:
    """Show tools as the lines of an option `allow`, each with its effect and what it does."""
    rows = [(_as_yaml(tool.name), _comment(toolset.options, tool)) for tool in _as_configured(toolset)]
    width = max((len(name) for name, _ in rows), default=0)
    echo(" " * _INDENT, "allow:", "" if rows else " []")
    for name, comment in rows:
        item = f"{' ' * _INDENT}  - {name.ljust(width)}  # "
        room = columns()
        fitting = comment if room is None else comment[: max(0, room - len(item))]
        echo(item, styled(fitting, dim=True))


def described(toolset: ListedTools) -> list[dict[str, Any]]:
    """Return tools for programs."""
    return [
        {
            "name": tool.name,
            "allowed": tool.name in toolset.options.allow,
            "effect": tool.effect,
            "confirm": tool.confirm,
            "description": tool.description,
        }
        for tool in _as_configured(toolset)
    ]


def first_line(description: str) -> str:
    """Return the first line of a description."""
    return description.strip().partition("\n")[0].strip()


def _as_configured(toolset: ListedTools) -> Iterator[Tool]:
    """Yield tools as the config changes them, those that are not allowed too."""
    changed = {tool.name: tool for tool, _ in offered([toolset])}
    return (changed.get(tool.name, tool) for tool in toolset.tools())


def _comment(options: ToolsetOptions, tool: Tool) -> str:
    known: list[str] = [tool.effect]
    if tool.confirm:
        known.append("asks first")
    if tool.name not in options.allow:
        known.append("not allowed")
    return f"{', '.join(known)}: {first_line(tool.description)}"


def _as_yaml(name: str) -> str:
    plain = _PLAIN.fullmatch(name) and name.lower() not in _WORDS_OF_YAML
    return name if plain else json.dumps(name)
