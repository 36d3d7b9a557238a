"""JSON Schemas in the form that all chat models accept: without references, and closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
_LEFT_OUT = ("$defs", "discriminator", "title")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_BY_NAME = ("properties", "patternProperties")


def closed_schema(schema: Schema) -> dict[str, Any]:
    """Return the schema of a pydantic model with its references inlined and without titles.

    Objects accept no other properties than those listed.

    Raises:
        ValueError: a type contains itself.
    """
    return _closed(schema, schema.get("$defs", {}), ())


def _closed(schema: Schema, definitions: Schema, within: tuple[str, ...]) -> dict[str, Any]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name in within:
            raise ValueError(f"{name} contains itself")
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return _closed({**definitions[name], **beside}, definitions, (*within, name))
    closed: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _LEFT_OUT:
            continue
        if key in _BY_NAME:
            closed[key] = {name: _closed(item, definitions, within) for name, item in value.items()}
        elif key in _LISTS:
            closed[key] = [_closed(item, definitions, within) for item in value]
        elif key in ("items", "additionalProperties") and isinstance(value, Mapping):
            closed[key] = _closed(value, definitions, within)
        else:
            closed[key] = value
    if "properties" in closed:
        closed.setdefault("additionalProperties", False)
    return closed
