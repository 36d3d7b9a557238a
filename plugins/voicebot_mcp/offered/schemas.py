"""The schemas of a server's tools, in a form that chat models accept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from voicebot_mcp.limits import MOST_SCHEMA_PARTS

_DROPPED = {"$schema", "$id", "$comment", "$defs", "definitions", "$anchor"}
_NOT_AT_THE_TOP = {"allOf", "anyOf", "enum", "not", "oneOf"}
_VALUES = {"const", "default", "enum", "examples"}
"""Keywords whose value is no schema."""
_DEEPEST = 50
"""References that may lead from one to the next."""
_NAMED_PARTS = {"properties", "patternProperties", "dependentSchemas"}
"""Keywords whose value maps names to schemas; the names are no keywords."""


class UnusableSchema(Exception):
    """A tool cannot be offered with this schema; the text says why."""


def parameters(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema of type `object` with `properties`, in which nothing refers to another part.

    A part that contains itself is replaced by one that accepts anything, at its second occurrence. At the
    top, alternatives are left out, which OpenAI's API refuses there: the server checks the arguments itself.

    Raises:
        UnusableSchema: it is not a schema of an object, refers to what it does not contain, or is too large.
    """
    inlined = _Inlining(schema).part(schema, ())
    if not isinstance(inlined, dict) or inlined.get("type", "object") != "object":
        raise UnusableSchema("its parameters are not an object")
    if not isinstance(inlined.get("properties", {}), dict):
        raise UnusableSchema("the properties of its schema are not an object")
    kept = {name: value for name, value in inlined.items() if name not in _NOT_AT_THE_TOP}
    return {"type": "object", "properties": {}} | kept


class _Inlining:
    """Copies the parts of a schema, and counts them."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._parts = 0

    def part(self, value: Any, within: tuple[str, ...]) -> Any:
        """Return a copy of a part; `within` are the references that led to it."""
        self._parts += 1
        if self._parts > MOST_SCHEMA_PARTS:
            raise UnusableSchema(f"its schema has more than {MOST_SCHEMA_PARTS:,} parts")
        if len(within) > _DEEPEST:
            raise UnusableSchema(f"its schema has more than {_DEEPEST} references in a row")
        if isinstance(value, list):
            return [self.part(each, within) for each in value]
        if not isinstance(value, Mapping):
            return value
        copied = {
            key: {name: self.part(each, within) for name, each in below.items()}
            if key in _NAMED_PARTS and isinstance(below, Mapping)
            else (below if key in _VALUES else self.part(below, within))
            for key, below in value.items()
            if key not in _DROPPED and key != "$ref" and not key.startswith("x-")
        }
        reference = value.get("$ref")
        if not isinstance(reference, str):
            return copied
        if reference in within:
            return copied
        referred = self.part(self._find(reference), (*within, reference))
        return referred | copied if isinstance(referred, dict) else referred

    def _find(self, reference: str) -> Any:
        """Return what a reference such as `#/$defs/Point` names."""
        found: Any = self._root
        if not reference.startswith("#"):
            raise UnusableSchema(f"its schema refers to {reference[:80]!r}, which is not in it")
        for step in unquote(reference[1:]).split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            if isinstance(found, Mapping) and key in found:
                found = found[key]
            elif isinstance(found, list) and key.isdecimal() and int(key) < len(found):
                found = found[int(key)]
            else:
                raise UnusableSchema(f"its schema refers to {reference[:80]!r}, which is not in it")
        return found
