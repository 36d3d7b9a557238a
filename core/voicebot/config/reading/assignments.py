"""Settings that the command line makes instead of a config: `synthesizer.rate=180`, to any depth.

They are laid over a config as one that `extends` it would be: mappings deeply, and another `provider` starts
afresh. Beyond that a number in the way to a value names an item of a list, counted from 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from voicebot.config.reading.composer import DEEPEST
from voicebot.config.reading.extends import KEY as EXTENDS
from voicebot.config.reading.extends import other_provider
from voicebot.config.reading.source import read_node
from voicebot.config.reading.tree import COMMAND_LINE, Entry, Items, Node, Place, Section, planted
from voicebot.errors import Problem

_FORM = "a setting has the form SECTION.OPTION=VALUE, such as synthesizer.rate=180"


@dataclass(frozen=True, slots=True)
class Assignment:
    """The keys that lead to a value, and the value as YAML."""

    keys: tuple[str, ...]
    value: str

    @classmethod
    def parsed(cls, text: str) -> Assignment:
        """Read `SECTION.OPTION=VALUE`; raise `ValueError` with the form for a text of another."""
        name, equals, value = text.partition("=")
        keys = tuple(key.strip() for key in name.split("."))
        if not equals:
            raise ValueError(f"'{text}' has no '='; {_FORM}")
        if not all(keys) or len(keys) > DEEPEST:
            raise ValueError(f"'{name}' names no option; {_FORM}")
        return cls(keys, value)


def assigned(
    root: Section,
    assignments: Iterable[Assignment],
    environ: Mapping[str, str],
    problems: list[Problem],
    implied: Mapping[str, str],
) -> Section:
    """Return a config with assignments laid over it; a later one goes before an earlier one.

    Args:
        implied: the providers of sections that a config may leave out, which options can be set of too.
    """
    place = Place(COMMAND_LINE)
    said: Node = Section(place, {})
    for assignment in assignments:
        if assignment.keys[0] == EXTENDS:
            problems.append(place.problem("extends stands in files only; name that config instead"))
        elif (value := _value(assignment, place, environ, problems)) is not None:
            said = _joined(said, _nested(assignment.keys, value, place))
        place = replace(place, line=place.line + 1 + len(assignment.value.splitlines()))
    assert isinstance(said, Section)
    for kind, provider in implied.items():
        if kind in said.entries and kind not in root.entries:
            below = Entry(root.place, planted({"provider": provider}, root.place))
            root = Section(root.place, {**root.entries, kind: below})
    over = _laid_over(root, said, "the config", problems)
    assert isinstance(over, Section)
    return over


def _value(
    assignment: Assignment, place: Place, environ: Mapping[str, str], problems: list[Problem]
) -> Node | None:
    """Read a value as it would be read behind its key in a file; nothing at all is an empty text."""
    before = "\n" * (place.line - 1)
    lines = assignment.value.replace("\n", "\n  ") if assignment.value.strip() else '""'
    found: list[Problem] = []
    node = read_node(f"{before}value: {lines}", place.file, environ, found)
    setting = ".".join(assignment.keys)
    problems.extend(replace(problem, message=f"--set {setting}: {problem.message}") for problem in found)
    return node.entries["value"].node if isinstance(node, Section) else None


def _nested(keys: tuple[str, ...], value: Node, place: Place) -> Node:
    for key in reversed(keys):
        value = Section(place, {key: Entry(place, value)})
    return value


def _joined(earlier: Node, later: Node) -> Node:
    """Return two assignments as one."""
    if not (isinstance(earlier, Section) and isinstance(later, Section)):
        return later
    entries = dict(earlier.entries)
    for key, entry in later.entries.items():
        before = entries.get(key)
        entries[key] = entry if before is None else Entry(entry.place, _joined(before.node, entry.node))
    return Section(later.place, entries)


def _laid_over(below: Node, said: Node, owner: str, problems: list[Problem]) -> Node:
    if not isinstance(said, Section):
        return said
    if isinstance(below, Items) and all(key.isdecimal() for key in said.entries):
        return _in_list(below, said, owner, problems)
    if not isinstance(below, Section) or other_provider(below, said):
        return said
    entries = dict(below.entries)
    for key, entry in said.entries.items():
        if (there := entries.get(key)) is None:
            entries[key] = entry
        else:
            node = _laid_over(there.node, entry.node, key, problems)
            entries[key] = Entry(entry.place if node is entry.node else there.place, node)
    return Section(below.place, entries)


def _in_list(below: Items, said: Section, owner: str, problems: list[Problem]) -> Items:
    items = list(below.items)
    for key, entry in said.entries.items():
        if (number := int(key)) < len(items):
            items[number] = _laid_over(items[number], entry.node, f"{owner}.{key}", problems)
        else:
            last = f"they count from 0 to {len(items) - 1}" if items else "it has none"
            problems.append(entry.place.problem(f"{owner} has no item {number}; {last}"))
    return Items(below.place, tuple(items))
