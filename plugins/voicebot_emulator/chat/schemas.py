"""What the service demands of the schema of a function's arguments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from voicebot_emulator.chat.refusals import invalid

_NOT_AT_THE_TOP = ("oneOf", "anyOf", "allOf", "enum", "not")
_NOT_STRICT = frozenset(
    {
        *("allOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "default"),
        *("minLength", "maxLength", "pattern", "format"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        *("patternProperties", "unevaluatedProperties", "propertyNames", "minProperties", "maxProperties"),
        *(
            "unevaluatedItems",
            "contains",
            "minContains",
            "maxContains",
            "minItems",
            "maxItems",
            "uniqueItems",
        ),
    }
)
"""Keywords that a strict schema must not have: Microsoft, "Structured outputs", read in November 2026."""
_TYPED = ("type", "$ref", "anyOf", "enum", "const")
_DEEPEST = 100


def check_schema(function: str, schema: Any, where: str, *, strict: bool) -> None:
    """Check the schema of a function.

    Raises:
        Refusal: the service would refuse it.
    """
    problem = _problem_at_the_top(schema) or next(_problems(schema, (), strict=strict), "")
    if problem:
        message = f"Invalid schema for function '{function}': {problem}"
        raise invalid(message, "invalid_function_parameters", where)


def _problem_at_the_top(schema: Any) -> str:
    if not isinstance(schema, dict):
        return f"{schema!r} is not of type 'object', 'boolean'."
    if schema.get("type") != "object":
        return f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{schema.get('type')}\"'."
    if any(name in schema for name in _NOT_AT_THE_TOP):
        names = "/".join(f"'{name}'" for name in _NOT_AT_THE_TOP)
        return f"schema must have type 'object' and not have {names} at the top level."
    return ""


def _problems(schema: Any, path: tuple[str, ...], *, strict: bool) -> Iterator[str]:
    """Yield what is wrong with a schema and those within it."""
    if not isinstance(schema, dict) or len(path) > _DEEPEST:
        return
    context = f"In context={path!r}, "
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    properties, required = schema.get("properties"), schema.get("required", [])
    if not isinstance(required, list):
        yield f"{required!r} is not of type 'array'."
        return
    if "object" in kinds and not isinstance(properties, dict):
        yield f"{context}object schema missing properties."
    if "array" in kinds and "items" not in schema:
        yield f"{context}array schema missing items."
    if strict:
        yield from (f"{context}{problem}" for problem in _strict_problems(schema, kinds, required))
    for place, inner in _inner(schema):
        yield from _problems(inner, (*path, *place), strict=strict)


def _inner(schema: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the schemas directly within a schema, each with its place there."""
    for name, value in schema.items():
        if name in ("properties", "$defs", "definitions") and isinstance(value, dict):
            yield from (((name, key), inner) for key, inner in value.items())
        elif name in ("items", "additionalProperties"):
            yield (name,), value
        elif name in ("anyOf", "allOf", "oneOf") and isinstance(value, list):
            yield from (((name, str(number)), inner) for number, inner in enumerate(value))


def _strict_problems(schema: dict[str, Any], kinds: list[Any], required: list[Any]) -> Iterator[str]:
    if not any(name in schema for name in _TYPED):
        yield "schema must have a 'type' key."
    if "object" in kinds:
        if schema.get("additionalProperties") is not False:
            yield "'additionalProperties' is required to be supplied and to be false."
        if absent := [name for name in schema.get("properties") or () if name not in required]:
            yield (
                "'required' is required to be supplied and to be an array including every key in properties. "
                f"Missing '{absent[0]}'."
            )
    yield from (f"'{name}' is not permitted." for name in schema if name in _NOT_STRICT)
