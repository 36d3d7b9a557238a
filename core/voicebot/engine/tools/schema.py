"""A small part of JSON Schema: what tools declare of their arguments.

A full validator with its dependencies takes some two megabytes. Keywords that are not known here are ignored;
the tool itself checks what is left.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

_DEEPEST = 40
"""References and levels that are followed: a schema may refer to itself."""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "string": ("a text", lambda value: isinstance(value, str)),
    "number": ("a number", _is_number),
    "integer": ("a whole number", lambda value: _is_number(value) and float(value).is_integer()),
    "boolean": ("true or false", lambda value: isinstance(value, bool)),
    "object": ("an object", lambda value: isinstance(value, dict)),
    "array": ("a list", lambda value: isinstance(value, list)),
    "null": ("null", lambda value: value is None),
}


def problems(value: Any, schema: Any, where: str = "", root: Any = None, depth: int = 0) -> Iterator[str]:
    """Yield what is wrong with a value, in words for the chat model.

    Args:
        where: the path of the value, such as `people[0].name`; empty for the whole.
        root: the schema that references refer to; by default `schema`.
    """
    root = schema if root is None else root
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        if schema is False:
            yield f"{_named(where)} is not allowed"
        return
    if isinstance(reference := schema.get("$ref"), str):
        yield from problems(value, _resolved(reference, root), where, root, depth + 1)
    types = schema.get("type")
    names = [types] if isinstance(types, str) else list(types or ())
    known = [_TYPES[name] for name in names if name in _TYPES]
    if known and len(known) == len(names) and not any(fits(value) for _, fits in known):
        yield f"{_named(where)} must be {' or '.join(words for words, _ in known)}"
        return
    allowed = schema["enum"] if "enum" in schema else [schema["const"]] if "const" in schema else None
    if isinstance(allowed, Sequence) and not any(_same(value, each) for each in allowed):
        yield f"{_named(where)} must be one of {', '.join(map(repr, allowed))}"
    yield from _in_bounds(value, schema, where)
    for each in schema.get("allOf", ()):
        yield from problems(value, each, where, root, depth + 1)
    for key in ("anyOf", "oneOf"):
        choices = schema.get(key, ())
        reasons = [next(problems(value, each, where, root, depth + 1), None) for each in choices]
        if reasons and None not in reasons:
            yield " or ".join(dict.fromkeys(reason for reason in reasons if reason))
    if isinstance(value, dict):
        yield from _in_object(value, schema, where, root, depth)
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            yield from problems(item, schema["items"], f"{where}[{index}]", root, depth + 1)


def _in_object(
    value: dict[str, Any], schema: Mapping[str, Any], where: str, root: Any, depth: int
) -> Iterator[str]:
    properties = schema.get("properties") or {}
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{_named(_inside(where, name))} is missing"
    others = schema.get("additionalProperties", True)
    for name, item in value.items():
        if name in properties:
            yield from problems(item, properties[name], _inside(where, name), root, depth + 1)
        elif others is False:
            yield f"there is no {_named(_inside(where, name))}"
        else:
            yield from problems(item, others, _inside(where, name), root, depth + 1)


_BOUNDS: tuple[tuple[str, Callable[[Any], bool], Callable[[Any, Any], bool], str], ...] = (
    ("minimum", _is_number, lambda value, bound: value >= bound, "must be at least {}"),
    ("maximum", _is_number, lambda value, bound: value <= bound, "must be at most {}"),
    ("exclusiveMinimum", _is_number, lambda value, bound: value > bound, "must be more than {}"),
    ("exclusiveMaximum", _is_number, lambda value, bound: value < bound, "must be less than {}"),
    ("minLength", lambda value: isinstance(value, str), lambda value, n: len(value) >= n, "needs {} letters"),
    (
        "maxLength",
        lambda value: isinstance(value, str),
        lambda value, n: len(value) <= n,
        "is over {} letters",
    ),
    ("minItems", lambda value: isinstance(value, list), lambda value, n: len(value) >= n, "needs {} items"),
    ("maxItems", lambda value: isinstance(value, list), lambda value, n: len(value) <= n, "is over {} items"),
)


def _in_bounds(value: Any, schema: Mapping[str, Any], where: str) -> Iterator[str]:
    for key, concerns, holds, message in _BOUNDS:
        bound = schema.get(key)
        if _is_number(bound) and concerns(value) and not holds(value, bound):
            yield f"{_named(where)} {message.format(bound)}"


def _resolved(reference: str, root: Any) -> Any:
    """Return the part that a reference such as `#/$defs/Person` names; True if there is none."""
    part = root
    for step in reference.removeprefix("#").strip("/").split("/"):
        key = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(part, Mapping) or key not in part:
            return part if not key else True
        part = part[key]
    return part


def _same(value: Any, other: Any) -> bool:
    """Return whether two values are equal in JSON, where true is not 1."""
    if isinstance(value, float) and math.isnan(value):
        return False
    return bool(value == other) and isinstance(value, bool) == isinstance(other, bool)


def _inside(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _named(where: str) -> str:
    return f"`{where}`" if where else "the arguments"
