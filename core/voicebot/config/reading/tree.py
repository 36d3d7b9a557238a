"""A config as a tree in which every value knows its place, so that whatever is wrong can be pointed at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from voicebot.errors import Problem

_LONGEST = 2_000  # characters; a key or a name may be as long as its file
COMMAND_LINE = "command line"
"""The file of what `--set` says; its lines only tell one setting from another, and nobody is shown them."""
OPTION = f"<{COMMAND_LINE}>"
"""The file of what other options of the command line say, whose problems are told without a place."""
Keys = tuple[str | int, ...]
"""The way from a node down to another: keys of mappings, indexes of lists."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands; lines and columns count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def problem(self, message: str, severity: Literal["error", "warning"] = "error") -> Problem:
        """Return a problem that is found here; of a very long message, the beginning."""
        if len(message) > _LONGEST:
            message = f"{message[:_LONGEST]}..."
        return Problem(self.file, self.line, self.column, message, severity)


@dataclass(frozen=True, slots=True)
class Unset:
    """A variable that has no value, with what the config says about it."""

    name: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value: as it is typed (`value`), as it is written once variables are in it (`text`)."""

    place: Place
    value: Any
    text: str
    quoted: bool = False
    variables: tuple[str, ...] = ()
    unset: tuple[Unset, ...] = ()


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    place: Place
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands under one key, and where the key is."""

    place: Place
    node: Node


@dataclass(frozen=True, slots=True)
class Section:
    """A mapping."""

    place: Place
    entries: dict[str, Entry]


Node = Scalar | Items | Section


@dataclass(frozen=True, slots=True)
class Found:
    """Where a pydantic `loc` leads: to a node, by the keys of `path`; `rest` is what of it is no key."""

    node: Node
    key: Place
    path: Keys
    rest: Keys

    @property
    def place(self) -> Place:
        """Where to point at: a value itself, but the key of what may begin on a line further down."""
        return self.node.place if isinstance(self.node, Scalar) else self.key


def find(root: Node, loc: Sequence[str | int]) -> Found:
    """Follow a pydantic `loc`; what it holds beside keys and indexes (names of union members) is skipped."""
    node, place = root, root.place
    path: list[str | int] = []
    rest: list[str | int] = []
    for step in loc:
        if isinstance(node, Section) and isinstance(step, str) and step in node.entries:
            entry = node.entries[step]
            node, place = entry.node, entry.place
        elif isinstance(node, Items) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            place = node.place
        else:
            rest.append(step)
            continue
        path.append(step)
    return Found(node, place, tuple(path), tuple(rest))


def scalars(node: Node) -> Iterator[Scalar]:
    """Give all scalars at and below a node, in order."""
    match node:
        case Scalar():
            yield node
        case Items(items=items):
            for item in items:
                yield from scalars(item)
        case Section(entries=entries):
            for entry in entries.values():
                yield from scalars(entry.node)


def values(node: Node, instead: Mapping[int, Any]) -> Any:
    """Return a node as plain Python data; `instead` says what to take for a node, by its `id`."""
    if id(node) in instead:
        return instead[id(node)]
    match node:
        case Scalar(value=value):
            return value
        case Items(items=items):
            return [values(item, instead) for item in items]
        case Section(entries=entries):
            return {key: values(entry.node, instead) for key, entry in entries.items()}


def planted(value: Any, place: Place) -> Node:
    """Return plain Python data as a tree, all of it at one place."""
    if isinstance(value, Mapping):
        return Section(place, {str(key): Entry(place, planted(item, place)) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return Items(place, tuple(planted(item, place) for item in value))
    return Scalar(place, value, str(value), quoted=isinstance(value, str))
