"""Descriptions of options, from the JSON Schema of their model: name, type, default and documentation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from voicebot.config.json_schema.model_schema import LenientJsonSchema, Schema
from voicebot.plugin.choice import KIND_IN_SCHEMA

_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "nothing",
    "object": "mapping",
}
_FORMATS = {
    "password": "secret",
    "path": "path",
    "file-path": "path of a file",
    "directory-path": "path of a folder",
}
_LIMITS = {
    "minimum": "at least {:g}",
    "exclusiveMinimum": "more than {:g}",
    "maximum": "at most {:g}",
    "exclusiveMaximum": "less than {:g}",
}
_COUNTED = {"number", "whole number", "mapping", "path", "secret"}
_PROVIDER = "provider"
_DEEPEST = 3  # a model may contain itself


@dataclass(frozen=True, slots=True)
class OptionText:
    """The description of one option; `default` is None if a value is required."""

    name: str
    type: str
    default: str | None
    doc: str


def describe(model: type[BaseModel]) -> list[OptionText]:
    """Return a model's options; those of nested models have dotted names, with `[]` for items of a list."""
    schema = model.model_json_schema(schema_generator=LenientJsonSchema)
    defs = schema.get("$defs", {})
    return list(_describe(_resolved(schema, defs), defs, ""))


def _describe(model: Schema, defs: dict[str, Schema], prefix: str) -> Iterator[OptionText]:
    required = set(model.get("required", ()))
    for name, option in model.get("properties", {}).items():
        default = None if name in required else _value(option)
        doc = " ".join(f"{option.get('description', '')} {option.get('deprecationMessage', '')}".split())
        yield OptionText(prefix + name, _type(option, defs), default, doc)
        if prefix.count(".") < _DEEPEST:
            for suffix, nested in _nested(option, defs):
                yield from _describe(nested, defs, f"{prefix}{name}{suffix}.")


def _nested(option: Schema, defs: dict[str, Schema]) -> Iterator[tuple[str, Schema]]:
    """Yield the models that an option may hold, each with a suffix for its name if it may hold several."""
    option = _resolved(option, defs)
    if "properties" in option:
        yield "", option
    for member in option.get("anyOf", ()):
        yield from _nested(member, defs)
    for key, suffix in (("items", "[]"), ("additionalProperties", ".NAME")):
        if isinstance(below := option.get(key), dict):
            yield from ((suffix + rest, nested) for rest, nested in _nested(below, defs))


def _resolved(schema: Schema, defs: dict[str, Schema]) -> Schema:
    reference = schema.get("$ref") or (schema.get("allOf") or [{}])[0].get("$ref")
    return defs.get(reference.rpartition("/")[2], {}) if reference else schema


def _type(schema: Schema, defs: dict[str, Schema]) -> str:
    schema = _resolved(schema, defs)
    if kind := schema.get(KIND_IN_SCHEMA):
        return f"{kind} {_PROVIDER}"
    if "enum" in schema or "const" in schema:
        return " | ".join(str(value) or "''" for value in schema.get("enum", [schema.get("const")]))
    if members := schema.get("anyOf") or schema.get("oneOf"):
        words = [_type(member, defs) for member in members if member.get("type") != "null"]
        return " or ".join(dict.fromkeys(words))
    if schema.get("type") == "array":
        items = schema.get("items")
        fewest = schema.get("minItems", 0)
        what = f" of {_plural(_type(items, defs))}" if items else ""
        return f"list{what}, at least {fewest}" if fewest > 1 else f"list{what}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        values = _type(schema["additionalProperties"], defs)
        return "mapping" if values == "anything" else f"mapping to {_plural(values)}"
    word = _FORMATS.get(schema.get("format", "")) or _TYPES.get(schema.get("type", ""), "anything")
    if "minimum" in schema and "maximum" in schema:
        return f"{word}, {schema['minimum']:g} to {schema['maximum']:g}"
    return ", ".join([word, *(_LIMITS[key].format(schema[key]) for key in _LIMITS if key in schema)])


def _plural(word: str) -> str:
    return f"{word}s" if word in _COUNTED or word.endswith(_PROVIDER) else word


def _value(option: Schema) -> str:
    """Return a default value the way a config writes it."""
    default = option.get("default")
    if default in (None, "", [], {}):
        return "unset" if default is None else "empty"
    if isinstance(default, str):
        return default
    return json.dumps(default, ensure_ascii=False)
