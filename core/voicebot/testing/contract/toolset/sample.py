"""The call that the checks make: a tool that only reads, with arguments made from its schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from voicebot.messages import Tool

_WORD = "parrot"
_FORMATS = {
    "date": "2026-12-24",
    "date-time": "2026-12-24T18:30:00Z",
    "duration": "PT90S",
    "email": "parrot@example.com",
    "time": "18:30:00Z",
    "uri": "https://example.com/",
    "uuid": "9f0c1f3e-5d0c-4f0e-8a57-2f6f1a3f7c11",
}
_VALUES: dict[str, Any] = {"string": _WORD, "boolean": True, "null": None, "array": [], "object": {}}


def harmless(tools: Sequence[Tool]) -> Tool | None:
    """Return the first tool that changes nothing, if there is one."""
    return next((tool for tool in tools if tool.effect == "reads"), None)


def arguments_for(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return a value for each required argument; it may not suit the tool."""
    properties = parameters.get("properties", {})
    return {name: _value(properties.get(name, {})) for name in parameters.get("required", ())}


def with_text(
    parameters: Mapping[str, Any], arguments: Mapping[str, Any], text: str
) -> dict[str, Any] | None:
    """Return arguments in which each that takes any text is this text; None if there is no such argument."""
    free = [name for name, schema in parameters.get("properties", {}).items() if _takes_any_text(schema)]
    return {**arguments, **dict.fromkeys(free, text)} if free else None


def _value(schema: object) -> Any:
    if not isinstance(schema, Mapping):
        return _WORD
    for keyword in ("examples", "enum"):
        if schema.get(keyword):
            return schema[keyword][0]
    for keyword in ("default", "const"):
        if keyword in schema:
            return schema[keyword]
    for alternatives in ("anyOf", "oneOf"):
        if schema.get(alternatives):
            return _value(schema[alternatives][0])
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind in ("integer", "number"):
        return schema.get("minimum", schema.get("maximum", 1))
    return _FORMATS.get(str(schema.get("format")), _VALUES.get(str(kind), _WORD))


def _takes_any_text(schema: object) -> bool:
    narrowed = ("enum", "const", "pattern", "format")
    return (
        isinstance(schema, Mapping)
        and schema.get("type") == "string"
        and not any(keyword in schema for keyword in narrowed)
    )
