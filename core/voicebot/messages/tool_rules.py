"""What chat models accept of a tool: the rules of OpenAI's API, which other servers share or relax."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

MOST_TOOLS = 128
"""The most tools that a request may hold."""
LONGEST_DESCRIPTION = 1024
"""Characters of a tool's description."""
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_TYPES = frozenset(("array", "boolean", "integer", "null", "number", "object", "string"))
_ALTERNATIVES = ("anyOf", "oneOf", "allOf")
_NOT_AT_THE_TOP = (*_ALTERNATIVES, "enum", "not")


def name_problem(name: object) -> str:
    """Return why a tool cannot have a name; empty if it can."""
    if isinstance(name, str) and _NAME.fullmatch(name):
        return ""
    return f"{name!r} must consist of 1 to 64 letters (a to z), digits, '_' and '-'"


def description_problem(description: object) -> str:
    """Return what is wrong with a tool's description; empty if nothing is."""
    if not isinstance(description, str):
        return f"the description must be text, not {description!r}"
    if len(description) > LONGEST_DESCRIPTION:
        return f"the description has {len(description):,} characters; {LONGEST_DESCRIPTION:,} are allowed"
    return ""


def schema_problems(parameters: object) -> Iterator[str]:
    """Yield what is wrong with the JSON Schema of a tool's arguments."""
    if not isinstance(parameters, Mapping):
        yield "the schema must be a mapping"
        return
    try:
        json.dumps(parameters, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        yield "the schema cannot be written as JSON"
        return
    if parameters.get("type") != "object":
        yield f"the schema must have the type 'object', not {parameters.get('type')!r}"
    for keyword in _NOT_AT_THE_TOP:
        if keyword in parameters:
            yield f"the schema must not have '{keyword}' at the top level"
    if "properties" not in parameters:
        yield "the schema has no 'properties'"
    yield from _problems(parameters, parameters, "the schema")


def template_problems(template: str, parameters: Mapping[str, Any]) -> Iterator[str]:
    """Yield the `{names}` in a question for confirmation that are no arguments of the tool."""
    properties = parameters.get("properties")
    known = list(properties) if isinstance(properties, Mapping) else []
    for name in _PLACEHOLDER.findall(template):
        if name not in known:
            has = f"its arguments are {', '.join(known)}" if known else "it has no arguments"
            yield f"{{{name}}} is not an argument; {has}"
    if any(brace in _PLACEHOLDER.sub("", template) for brace in "{}"):
        yield "there is a lone '{' or '}'"


def _problems(schema: object, root: Mapping[str, Any], where: str) -> Iterator[str]:
    """Yield what is wrong at and below a schema."""
    if isinstance(schema, bool):  # anything, or nothing
        return
    if not isinstance(schema, Mapping):
        yield f"{where} must be a mapping, not {schema!r}"
        return
    kinds = schema.get("type", [])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    for kind in kinds:
        if kind not in _TYPES:
            yield f"{where} has the unknown type {kind!r}"
    if "array" in kinds and "items" not in schema:
        yield f"{where} is an array without 'items'"
    if (reference := schema.get("$ref")) is not None and not _leads_somewhere(reference, root):
        yield f"{where} refers to {reference!r}, which is not in the schema"
    if "enum" in schema and not (isinstance(schema["enum"], list) and schema["enum"]):
        yield f"{where} needs a list of values as 'enum'"
    properties = schema.get("properties", {})
    if not isinstance(properties, Mapping):
        yield f"{where} needs a mapping as 'properties'"
        return
    required = schema.get("required", [])
    if not isinstance(required, list):
        yield f"{where} needs a list of names as 'required'"
    elif missing := [name for name in required if name not in properties]:
        yield f"{where} requires {missing[0]!r}, which is not among its properties"
    for name, item in _below(schema, properties):
        yield from _problems(item, root, name)


def _below(schema: Mapping[str, Any], properties: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    yield from ((f"the argument '{name}'", item) for name, item in properties.items())
    if "items" in schema:
        yield "an item", schema["items"]
    for keyword in _ALTERNATIVES:
        alternatives = schema.get(keyword, [])
        if not isinstance(alternatives, list):
            yield f"'{keyword}'", alternatives
        else:
            yield from ((f"an alternative of '{keyword}'", item) for item in alternatives)
    for keyword in ("$defs", "definitions"):
        defined = schema.get(keyword)
        if isinstance(defined, Mapping):
            yield from ((f"the definition '{name}'", item) for name, item in defined.items())


def _leads_somewhere(reference: object, root: Mapping[str, Any]) -> bool:
    """Return whether a reference leads to a part of the schema."""
    if not isinstance(reference, str) or not reference.startswith("#"):
        return False
    node: Any = root
    for step in reference.removeprefix("#").split("/")[1:]:
        if not isinstance(node, Mapping) or step not in node:
            return False
        node = node[step]
    return True
