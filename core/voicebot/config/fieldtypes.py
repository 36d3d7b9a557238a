"""What an options model says about the values below it: which types, which names, which are secret."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, SecretBytes, SecretStr
from pydantic.fields import FieldInfo

from voicebot.config.tree import Items, Keys, Node, Scalar, Section

Atoms = frozenset[Any]
"""The types that an annotation is made of, through unions and containers; of a Literal, its values."""


@cache
def fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return a model's fields by the names that a config uses."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


def atoms(annotation: Any) -> Atoms:
    """Return what an annotation is made of."""
    if get_origin(annotation) is Literal:
        return frozenset(get_args(annotation))
    if (alias := getattr(annotation, "__value__", None)) is not None:  # `type X = ...`
        return atoms(alias)
    inner = [atoms(argument) for argument in get_args(annotation)]
    return frozenset().union(*inner) if inner else frozenset({annotation} if _hashable(annotation) else ())


def models(kinds: Atoms) -> list[type[BaseModel]]:
    """Return the models among some types, by name."""
    found = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
    return sorted(found, key=lambda model: model.__name__)


def below(kinds: Atoms, key: str | int) -> Atoms:
    """Return what may stand under a key of something made of `kinds`; below a list or dict, any of them."""
    described = models(kinds)
    if isinstance(key, int) or not described:
        return kinds
    return frozenset().union(*(atoms(fields(m)[key].annotation) for m in described if key in fields(m)))


def at(model: type[BaseModel], path: Keys) -> Atoms:
    """Return what may stand at a path below a model."""
    kinds: Atoms = frozenset({model})
    for key in path:
        kinds = below(kinds, key)
    return kinds


def described(kinds: Atoms, node: Node, path: Keys = ()) -> Iterator[tuple[Keys, Scalar, Atoms]]:
    """Give each scalar at and below a node, with the way to it and what it may be."""
    match node:
        case Scalar():
            yield path, node, kinds
        case Items(items=items):
            for index, item in enumerate(items):
                yield from described(kinds, item, (*path, index))
        case Section(entries=entries):
            for key, entry in entries.items():
                yield from described(below(kinds, key), entry.node, (*path, key))


def secret(kinds: Atoms) -> bool:
    """Return whether what is made of these types must not be shown."""
    return SecretStr in kinds or SecretBytes in kinds


def _hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True
