"""What an options model says about the values in it: their types and names, and which are secret."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretBytes, SecretStr
from pydantic.fields import FieldInfo

from voicebot.config.reading.tree import Entry, Items, Keys, Node, Place, Scalar, Section, meant
from voicebot.plugin.choice import selected_kind

Types = tuple[Any, ...]
"""What a value may be: types, and the values of a Literal."""
_LISTS: Types = (list, tuple, set, frozenset)


@cache
def fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return a model's fields by the names that a config uses."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


def members(annotation: Any) -> Types:
    """Return what an annotation allows: the members of a union, the values of a Literal, or itself."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return members(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return tuple(member for argument in get_args(annotation) for member in members(argument))
    if origin is Literal:
        return get_args(annotation)
    if (alias := getattr(annotation, "__value__", None)) is not None:  # `type X = ...`
        return members(alias)
    return (annotation,)


def models(types: Types) -> list[type[BaseModel]]:
    """Return the models among some types."""
    return [kind for kind in types if isinstance(kind, type) and issubclass(kind, BaseModel)]


def types_below(types: Types, key: str | int) -> Types:
    """Return what a value under a key may be; below what should be a single secret, everything is secret."""
    found: list[Any] = []
    for kind in types:
        if selected_kind(kind):
            continue  # the options of another provider, checked with it
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if key in fields(kind):
                found += members(fields(kind)[str(key)].annotation)
        elif isinstance(key, str):
            found += [member for argument in get_args(kind)[-1:] for member in members(argument)]
        else:
            found += [m for argument in get_args(kind) if argument is not ... for m in members(argument)]
    return tuple(found) or (types if is_secret(types) else ())


def types_at(model: type[BaseModel], path: Keys) -> Types:
    """Return what the value at a path below a model may be."""
    types: Types = (model,)
    for key in path:
        types = types_below(types, key)
    return types


def is_entry(model: type[BaseModel], path: Keys) -> bool:
    """Return whether the value at a path is one of a mapping, whose keys are not the model's."""
    origins: list[Any] = [get_origin(kind) for kind in types_at(model, path[:-1])]
    return dict in origins


def typed_scalars(types: Types, node: Node, path: Keys = ()) -> Iterator[tuple[Keys, Scalar, Types]]:
    """Yield each scalar at and below a node, with its path and what it may be."""
    match node:
        case Scalar():
            yield path, node, types
        case Items(items=items):
            for index, item in enumerate(items):
                yield from typed_scalars(types_below(types, index), item, (*path, index))
        case Section(entries=entries):
            for key, entry in entries.items():
                yield from typed_scalars(types_below(types, key), entry.node, (*path, key))


def selections(types: Types, entry: Entry) -> Iterator[tuple[str, Entry]]:
    """Yield each entry at and below this one that has to select a provider, with the kind it must have."""
    kinds = [kind for kind in map(selected_kind, types) if kind]
    node = entry.node
    if kinds and (isinstance(meant(node), Section) or _must_select(types, node)):
        yield kinds[0], entry
        return
    match node:
        case Items(items=items):
            for index, item in enumerate(items):
                yield from selections(types_below(types, index), Entry(item.place, item))
        case Section(entries=entries):
            by_name = tuple(kind for kind in types if get_origin(kind) not in _LISTS)
            for key, inner in entries.items():
                yield from selections(types_below(by_name, key), inner)


def _must_select(types: Types, node: Node) -> bool:
    """Return whether a value that is not a mapping can only be a mistake."""
    empty = isinstance(node, Scalar) and node.value is None and not node.unset
    others = [kind for kind in types if not selected_kind(kind)]
    return all(kind in (None, NoneType) for kind in others) and not (others and empty)


def deprecated_options(types: Types, node: Node) -> Iterator[tuple[Place, str, str]]:
    """Yield the place and name of each deprecated option in a node, and what to use instead."""
    match node:
        case Items(items=items):
            for index, item in enumerate(items):
                yield from deprecated_options(types_below(types, index), item)
        case Section(entries=entries):
            for key, entry in entries.items():
                infos = [fields(model)[key] for model in models(types) if key in fields(model)]
                for advice in filter(None, (info.deprecation_message for info in infos[:1])):
                    yield entry.place, key, advice
                yield from deprecated_options(types_below(types, key), entry.node)


def is_secret(types: Types) -> bool:
    """Return whether a value is a secret, or should have consisted of secrets."""
    return any(
        (isinstance(kind, type) and issubclass(kind, SecretStr | SecretBytes)) or is_secret(get_args(kind))
        for kind in types
    )
