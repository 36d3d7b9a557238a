"""`extends`: a config that builds on another and holds only what is different."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import reduce
from pathlib import Path

from voicebot.config.reading.files import FileState, file_state, siblings
from voicebot.config.reading.tree import Entry, Items, Node, Scalar, Section, meant
from voicebot.config.reading.value_text import value_text
from voicebot.config.reading.yaml_tree import read_yaml_file
from voicebot.config.shipped import shipped_configs, spellings
from voicebot.config.suggestions import nearest_file
from voicebot.dataclass import dataclass
from voicebot.errors import Problem

KEY = "extends"
INHERITED = "inherited"
"""In a section that selects another provider: the section that it replaces, where a provider is expected."""


@dataclass(frozen=True, slots=True)
class MergedConfig:
    """A config merged with all that it extends; `complete` is False if some of those could not be read."""

    root: Section
    files: tuple[str, ...]
    complete: bool


def read_merged(
    path: Path,
    environ: Mapping[str, str],
    problems: list[Problem],
    states: dict[Path, FileState] | None = None,
) -> MergedConfig | None:
    """Read a config and what it extends; return None if the config itself cannot be used at all.

    Args:
        states: those of the files, just before they are read, are added to it, also of one that is missing.
    """
    states = {} if states is None else states
    states[path] = file_state(path)
    root = read_yaml_file(path, environ, problems, pipes=True)
    if root is None:
        return None
    roots, files = [root], [path]
    complete = True
    while complete and (entry := roots[-1].entries.pop(KEY, None)) is not None:
        parent = _parent(entry, files, problems, states)
        above = read_yaml_file(parent, environ, problems) if parent else None
        files += [parent] if parent else []
        roots += [above] if above else []
        complete = above is not None
    return MergedConfig(reduce(merged, reversed(roots)), tuple(map(str, files)), complete)


def merged(parent: Section, child: Section) -> Section:
    """Merge a child into its parent: mappings deeply, but another `provider` replaces its section."""
    entries = dict(parent.entries)
    for key, entry in child.entries.items():
        above, node = entries.get(key), entry.node
        replaced = meant(above.node) if above is not None else None
        if isinstance(replaced, Section) and isinstance(node, Section):
            combine: Callable[[Section, Section], Node] = (
                wrapped if other_provider(replaced, node) else merged
            )
            node = combine(replaced, node)
        entries[key] = Entry(entry.place, node)
    return Section(child.place, entries)


def wrapped(replaced: Section, node: Node) -> Node:
    """Return what selects another provider; in it, `inherited` stands for what it replaces."""
    match node:
        case Scalar(value=value, quoted=False, stands_for=None) if value == INHERITED:
            return replace(node, stands_for=replaced)
        case Items(place, items):
            return Items(place, tuple(wrapped(replaced, item) for item in items))
        case Section(place, entries):
            below = {key: Entry(entry.place, wrapped(replaced, entry.node)) for key, entry in entries.items()}
            return Section(place, below)
        case _:
            return node


def other_provider(parent: Section, child: Section) -> bool:
    """Return whether a section selects another provider than the section that it overrides."""
    if "provider" not in parent.entries or "provider" not in child.entries:
        return False
    above, below = parent.entries["provider"].node, child.entries["provider"].node
    return not (isinstance(above, Scalar) and isinstance(below, Scalar) and above.value == below.value)


def _parent(
    entry: Entry, files: list[Path], problems: list[Problem], states: dict[Path, FileState]
) -> Path | None:
    """Return the file that `extends` names: in the same directory, or one of the shipped configs."""
    node = entry.node
    if not isinstance(node, Scalar) or not node.text or not isinstance(node.value, str):
        if not (isinstance(node, Scalar) and node.unset):
            problems.append(
                node.place.problem(f"extends must be the file name of a config, not {value_text(node)}")
            )
        else:
            names = ", ".join(unset.name for unset in node.unset)
            problems.append(node.place.problem(f"{names} is not set, so extends does not name a config"))
        return None
    directory = Path(node.place.file).parent
    shipped = {path.name: path for path in shipped_configs().values()}
    parent = next((path for path in spellings(directory / node.value) if os.path.exists(path)), None)
    if parent is None:
        parent = next(
            (shipped[path.name] for path in spellings(Path(node.value)) if str(path) in shipped), None
        )
    states |= {path: file_state(path) for path in ([parent] if parent else spellings(directory / node.value))}
    if parent is None:
        others = {*siblings(directory), *shipped} - {Path(node.place.file).name}
        meant = nearest_file(node.value, others)
        near = f"; did you mean '{meant}'?" if meant else ""
        problems.append(
            node.place.problem(f"extends names {value_text(node)}, but there is no such config{near}")
        )
        return None
    seen = [file.resolve() for file in files]
    if parent.resolve() in seen:
        cycle = [*files[seen.index(parent.resolve()) :], parent]
        names = " -> ".join(file.name for file in cycle)
        problems.append(node.place.problem(f"extends leads back to the same config: {names}"))
        return None
    return parent
