"""A config as a tree in which every value knows its place, so that problems can point to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from voicebot.dataclass import dataclass
from voicebot.errors import Problem

_LONGEST = 2_000  # characters; a key or name may be as long as the file
COMMAND_LINE = "command line"
"""The file of values from `--set`; its line numbers only distinguish settings, and are never shown."""
OPTION = f"<{COMMAND_LINE}>"
"""The file of values from other command line options, whose problems are shown without a place."""
Keys = tuple[str | int, ...]
"""The path from a node down to another: keys of mappings, indexes of lists."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file; lines and columns count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def problem(self, message: str, severity: Literal["error", "warning"] = "error") -> Problem:
        """Return a problem at this place; very long messages are cut off."""
        if len(message) > _LONGEST:
            message = f"{message[:_LONGEST]}..."
        return Problem(self.file, self.line, self.column, message, severity)


@dataclass(frozen=True, slots=True)
class Unset:
    """A variable without a value, with the config's message about it."""

    name: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value: with its YAML type (`value`), and as text with variables replaced (`text`).

    `stands_for` is the section of an extended config that the word `inherited` stands for, if the option that
    it is given to selects a provider.
    """

    place: Place
    value: Any
    text: str
    quoted: bool = False
    variables: tuple[str, ...] = ()
    unset: tuple[Unset, ...] = ()
    stands_for: Section | None = None


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    place: Place
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """The value under a key, and the key's place."""

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
    """Where a pydantic `loc` leads: to a node at `path`; `rest` holds its steps that are not keys."""

    node: Node
    key: Place
    path: Keys
    rest: Keys

    @property
    def place(self) -> Place:
        """The place to report: of a scalar itself, but of the key if its value may begin on a later line."""
        return self.node.place if isinstance(self.node, Scalar) else self.key


def find(root: Node, loc: Sequence[str | int]) -> Found:
    """Follow a pydantic `loc`, skipping its steps that are not keys or indexes (names of union members)."""
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


def meant(node: Node) -> Node:
    """Return the section that a node stands for, or else the node itself."""
    return node.stands_for if isinstance(node, Scalar) and node.stands_for is not None else node


def scalars(node: Node) -> Iterator[Scalar]:
    """Yield all scalars at and below a node, in order."""
    match node:
        case Scalar(stands_for=section):
            yield node
            yield from scalars(section) if section is not None else ()
        case Items(items=items):
            for item in items:
                yield from scalars(item)
        case Section(entries=entries):
            for entry in entries.values():
                yield from scalars(entry.node)


def to_data(node: Node, replacements: Mapping[int, Any]) -> Any:
    """Return a node as plain Python data, with replacements for some nodes, by their `id`."""
    if id(node) in replacements:
        return replacements[id(node)]
    match node:
        case Scalar(value=value):
            return value
        case Items(items=items):
            return [to_data(item, replacements) for item in items]
        case Section(entries=entries):
            return {key: to_data(entry.node, replacements) for key, entry in entries.items()}


def to_tree(value: Any, place: Place) -> Node:
    """Return plain Python data as a tree, with one place for everything."""
    if isinstance(value, Mapping):
        return Section(place, {str(key): Entry(place, to_tree(item, place)) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return Items(place, tuple(to_tree(item, place) for item in value))
    return Scalar(place, value, str(value), quoted=isinstance(value, str))
