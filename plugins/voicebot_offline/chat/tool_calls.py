"""The tools that rules call: arguments from what was said, and answers from their results."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import JsonValue, model_validator

from voicebot import Field, Options, Tool
from voicebot_offline.chat.answers import check_template, fill, named, needed

RESULT = "result"
"""The name of a tool's result in answers."""


class ScriptedCall(Options):
    """A tool that a rule calls."""

    name: str = Field(pattern=r"^[a-zA-Z0-9_-]{1,64}$")
    """Name of the tool, which the section `tools` has to offer."""
    arguments: dict[str, JsonValue] = Field(default_factory=dict)
    """Its arguments. In texts, `{city}` is replaced by what was captured, now or earlier; `{city|Berlin}` by
    `Berlin` if nothing was. Digits become a number if the tool expects one."""

    @model_validator(mode="after")
    def _templates_are_valid(self) -> ScriptedCall:
        for text in texts_in(self.arguments):
            check_template(text, "argument")
        return self


def texts_in(value: Any) -> Iterator[str]:
    """Yield the texts in arguments, at any depth."""
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from texts_in(item)
        case dict():
            for item in value.values():
                yield from texts_in(item)


def arguments_of(call: ScriptedCall, memory: Mapping[str, str], tool: Tool) -> str:
    """Return the arguments of a call as JSON; `memory` holds what was captured."""
    properties = tool.parameters.get("properties")
    known: Mapping[str, Any] = properties if isinstance(properties, Mapping) else {}
    arguments = {name: _filled(value, memory, known.get(name)) for name, value in call.arguments.items()}
    return json.dumps(arguments, ensure_ascii=False)


def result_values(answer: str, result: str) -> dict[str, str] | None:
    """Return the parts of a result that an answer names; None if one that it needs is not there."""
    names = {name for name in named(answer) if name.partition(".")[0] == RESULT}
    values = {name: value for name in names if (value := _part(result, name.split(".")[1:]))}
    return None if (needed(answer) & names) - values.keys() else values


def _part(result: str, path: list[str]) -> str:
    """Return a part of a result as it is said, empty if it is not there."""
    try:
        found: Any = json.loads(result)
    except (ValueError, RecursionError):
        return "" if path else result.strip()
    for key in path:
        if isinstance(found, dict):
            found = found.get(key)
        elif isinstance(found, list) and key.isdigit() and int(key) < len(found):
            found = found[int(key)]
        else:
            return ""
    match found:
        case str():
            return found.strip()
        case bool():
            return "yes" if found else "no"
        case int():
            return str(found)
        case float():
            return f"{found:g}"
        case _:  # nobody says a whole object
            return ""


def _filled(value: Any, memory: Mapping[str, str], schema: Any) -> Any:
    match value:
        case str():
            text = fill(value, memory)
            kind = schema.get("type") if isinstance(schema, Mapping) else None
            if kind == "integer" and re.fullmatch(r"-?\d{1,18}", text):
                return int(text)
            return float(text) if kind == "number" and re.fullmatch(r"-?\d+(\.\d+)?", text) else text
        case list():
            return [_filled(item, memory, None) for item in value]
        case dict():
            return {name: _filled(item, memory, None) for name, item in value.items()}
        case _:
            return value
