"""The JSON Schema of a tool's arguments, in the form that all servers accept.

OpenAI and Azure refuse objects without `properties`, arrays without `items`, and alternatives at the top;
servers for local models do not resolve references. Schemas are not marked `strict`: the service would take
seconds to prepare each new one, and does not keep to it when it calls several tools at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_DROPPED = frozenset({"$schema", "$id", "$anchor", "$comment", "$defs", "definitions", "title", "examples"})
_MAPS = frozenset({"properties", "patternProperties", "dependentSchemas"})
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_SCHEMAS = frozenset(
    {"items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else"}
)
_ALTERNATIVES = ("allOf", "anyOf", "oneOf")
_DEEPEST = 50
_MOST = 5_000
"""Schemas within one schema; beyond that, references are no longer resolved but accept anything."""


def clean_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema without references, annotations for people, and what servers refuse."""
    cleaned: dict[str, Any] = _Cleaner(schema).clean(schema)
    for name in _ALTERNATIVES:
        _merge(cleaned, cleaned.pop(name, ()), all_apply=name == "allOf")
    cleaned.pop("not", None)
    cleaned.pop("enum", None)
    cleaned["type"] = "object"
    cleaned.setdefault("properties", {})
    cleaned.setdefault("additionalProperties", False)
    return cleaned


class _Cleaner:
    """Cleans one schema, of which references name parts."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._count = 0

    def clean(self, schema: Any, path: tuple[str, ...] = ()) -> Any:
        """Return a schema within the whole; `path` holds the references and keywords that led to it."""
        if not isinstance(schema, Mapping):
            return schema
        self._count += 1
        if len(path) > _DEEPEST:
            return {}
        if isinstance(reference := schema.get("$ref"), str):
            return self._resolved(reference, schema, path)
        cleaned = {
            name: self._cleaned(name, value, (*path, name))
            for name, value in schema.items()
            if name not in _DROPPED and (value is not None or name in ("const", "default"))
        }
        if len(cleaned.get("allOf", ())) == 1:  # how pydantic describes a reference
            cleaned |= {**cleaned.pop("allOf")[0], **cleaned}
        _complete(cleaned)
        return cleaned

    def _cleaned(self, name: str, value: Any, path: tuple[str, ...]) -> Any:
        if name in _MAPS and isinstance(value, Mapping):
            return {key: self.clean(schema, path) for key, schema in value.items()}
        if name in _LISTS and isinstance(value, Sequence):
            return [self.clean(schema, path) for schema in value]
        return self.clean(value, path) if name in _SCHEMAS else value

    def _resolved(self, reference: str, schema: Mapping[str, Any], path: tuple[str, ...]) -> Any:
        others = {name: value for name, value in schema.items() if name != "$ref"}
        found: Any = self._root if self._count <= _MOST and reference not in path else None
        for part in reference.removeprefix("#").split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            found = found.get(name) if isinstance(found, Mapping) else None
        known = found if isinstance(found, Mapping) and reference.startswith("#/") else {}
        return self.clean({**known, **others}, (*path, reference))


def _complete(schema: dict[str, Any]) -> None:
    """Add what a schema of an object or of a list may not lack."""
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "object" in kinds:
        is_free = not schema.keys() & {"properties", "patternProperties"}
        schema.setdefault("properties", {})
        if not is_free and "patternProperties" not in schema:
            schema.setdefault("additionalProperties", False)
    if "array" in kinds and "prefixItems" not in schema:
        schema.setdefault("items", {})


def _merge(schema: dict[str, Any], others: Sequence[Any], *, all_apply: bool) -> None:
    """Add the properties of other schemas, of which all apply or one of them does."""
    others = [other for other in others if isinstance(other, Mapping)]
    required = [set(other.get("required", ())) for other in others]
    for other in others:
        schema["properties"] = {**other.get("properties", {}), **schema.get("properties", {})}
    if required:
        needed = set.union(*required) if all_apply else set.intersection(*required)
        needed |= set(schema.get("required", ()))
        schema["required"] = [name for name in schema["properties"] if name in needed]
