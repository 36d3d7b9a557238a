"""Options that are named like a secret but are plain text, which a log or an error would show."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel

from voicebot.config.checking.secret_names import names_a_secret


def bare_secrets(options: type[BaseModel]) -> list[str]:
    """Return the options, at any depth, that are named like a secret and may be plain text."""
    return sorted(set(_of(options, "", frozenset())))


def _of(holder: type[Any], place: str, within: frozenset[type[Any]]) -> Iterator[str]:
    if holder in within:
        return
    for name, also, kind in _fields(holder):
        where = f"{place}.{name}" if place else name
        kinds = list(_kinds(kind))
        if any(names_a_secret(one) for one in (name, *also)) and any(one in (str, bytes) for one in kinds):
            yield where
        for one in kinds:
            if isinstance(one, type):
                yield from _of(one, where, within | {holder})


def _fields(holder: type[Any]) -> Iterator[tuple[str, list[str], Any]]:
    """Yield the fields of an options class: name, aliases and type."""
    if issubclass(holder, BaseModel):
        for name, info in holder.model_fields.items():
            also = [alias for alias in (info.alias, info.validation_alias) if isinstance(alias, str)]
            yield name, also, info.annotation
    elif dataclasses.is_dataclass(holder):
        hints = get_type_hints(holder)
        for field in dataclasses.fields(holder):
            yield field.name, [], hints[field.name]


def _kinds(kind: Any) -> Iterator[Any]:
    """Yield all types in a type: the members of a union, the items of a list, the values of a mapping."""
    if (named := getattr(kind, "__value__", None) or getattr(kind, "__supertype__", None)) is not None:
        yield from _kinds(named)  # a `type` statement, or a NewType
        return
    yield kind
    parts = get_args(kind)
    if isinstance(kind, type) is False and (metadata := getattr(kind, "__metadata__", ())):
        parts = tuple(part for part in parts if part not in metadata)
    for part in parts[1:] if _is_mapping(kind) else parts:
        if not isinstance(part, str):  # in a Literal
            yield from _kinds(part)


def _is_mapping(kind: Any) -> bool:
    origin = getattr(kind, "__origin__", None)
    return isinstance(origin, type) and hasattr(origin, "keys") and hasattr(origin, "__getitem__")
