"""Settings from the command line that override a config: `synthesizer.rate=180`, to any depth.

They apply like a config that `extends` it: mappings are merged deeply, and another `provider` replaces its
section. In addition, a number in the path to a value names an item of a list, counted from 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from voicebot.config.reading.composer import MAX_DEPTH
from voicebot.config.reading.extends import KEY as EXTENDS
from voicebot.config.reading.extends import other_provider, wrapped
from voicebot.config.reading.tree import COMMAND_LINE, Entry, Items, Node, Place, Section, to_tree
from voicebot.config.reading.yaml_tree import read_yaml
from voicebot.dataclass import dataclass
from voicebot.errors import Problem

_FORM = "a setting has the form SECTION.OPTION=VALUE, such as synthesizer.rate=180"


@dataclass(frozen=True, slots=True)
class Assignment:
    """The keys that lead to a value, and the value in YAML."""

    keys: tuple[str, ...]
    value: str

    @classmethod
    def parse(cls, text: str) -> Assignment:
        """Parse `SECTION.OPTION=VALUE`; raise `ValueError` for anything else."""
        name, equals, value = text.partition("=")
        keys = tuple(key.strip() for key in name.split("."))
        if not equals:
            raise ValueError(f"'{text}' has no '='; {_FORM}")
        if not all(keys) or len(keys) > MAX_DEPTH:
            raise ValueError(f"'{name}' does not name an option; {_FORM}")
        return cls(keys, value)


def apply_assignments(
    root: Section,
    assignments: Iterable[Assignment],
    environ: Mapping[str, str],
    problems: list[Problem],
    implied: Mapping[str, str],
) -> Section:
    """Return a config with assignments applied; later ones override earlier ones.

    Args:
        implied: the providers of sections that a config may leave out, so that their options can be set.
    """
    place = Place(COMMAND_LINE)
    given: Node = Section(place, {})
    for assignment in assignments:
        if assignment.keys[0] == EXTENDS:
            problems.append(place.problem("extends can only be set in a file; name that config instead"))
        elif (value := _value(assignment, place, environ, problems)) is not None:
            given = _merged(given, _nested(assignment.keys, value, place))
        place = replace(place, line=place.line + 1 + len(assignment.value.splitlines()))
    assert isinstance(given, Section)
    for kind, provider in implied.items():
        if kind in given.entries and kind not in root.entries:
            below = Entry(root.place, to_tree({"provider": provider}, root.place))
            root = Section(root.place, {**root.entries, kind: below})
    config = _overlay(root, given, "the config", problems)
    assert isinstance(config, Section)
    return config


def _value(
    assignment: Assignment, place: Place, environ: Mapping[str, str], problems: list[Problem]
) -> Node | None:
    """Read a value as if it followed its key in a file; an empty one is an empty text."""
    before = "\n" * (place.line - 1)
    lines = assignment.value.replace("\n", "\n  ") if assignment.value.strip() else '""'
    found: list[Problem] = []
    node = read_yaml(f"{before}value: {lines}", place.file, environ, found)
    setting = ".".join(assignment.keys)
    problems.extend(replace(problem, message=f"--set {setting}: {problem.message}") for problem in found)
    return node.entries["value"].node if isinstance(node, Section) else None


def _nested(keys: tuple[str, ...], value: Node, place: Place) -> Node:
    for key in reversed(keys):
        value = Section(place, {key: Entry(place, value)})
    return value


def _merged(earlier: Node, later: Node) -> Node:
    """Return two assignments merged into one."""
    if not (isinstance(earlier, Section) and isinstance(later, Section)):
        return later
    entries = dict(earlier.entries)
    for key, entry in later.entries.items():
        before = entries.get(key)
        entries[key] = entry if before is None else Entry(entry.place, _merged(before.node, entry.node))
    return Section(later.place, entries)


def _overlay(below: Node, given: Node, owner: str, problems: list[Problem]) -> Node:
    if not isinstance(given, Section):
        return given
    if isinstance(below, Items) and all(key.isdecimal() for key in given.entries):
        return _overlay_list(below, given, owner, problems)
    if not isinstance(below, Section):
        return given
    if other_provider(below, given):
        return wrapped(below, given)
    entries = dict(below.entries)
    for key, entry in given.entries.items():
        if (there := entries.get(key)) is None:
            entries[key] = entry
        else:
            node = _overlay(there.node, entry.node, key, problems)
            entries[key] = Entry(entry.place if node is entry.node else there.place, node)
    return Section(below.place, entries)


def _overlay_list(below: Items, given: Section, owner: str, problems: list[Problem]) -> Items:
    items = list(below.items)
    for key, entry in given.entries.items():
        if (number := int(key)) < len(items):
            items[number] = _overlay(items[number], entry.node, f"{owner}.{key}", problems)
        else:
            last = f"they count from 0 to {len(items) - 1}" if items else "it has none"
            problems.append(entry.place.problem(f"{owner} has no item {number}; {last}"))
    return Items(below.place, tuple(items))
