"""`extends`: a config that stands upon another and says only what is different."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from voicebot.config.reading.files import siblings
from voicebot.config.reading.source import read_source
from voicebot.config.reading.tree import Entry, Scalar, Section
from voicebot.config.shipped import shipped_configs, spellings
from voicebot.config.words import nearest_file, shown
from voicebot.errors import Problem

KEY = "extends"


@dataclass(frozen=True, slots=True)
class Lineage:
    """A config merged with all that it extends; `complete` is False when some of that could not be read."""

    root: Section
    files: tuple[str, ...]
    complete: bool


def read_lineage(path: Path, environ: Mapping[str, str], problems: list[Problem]) -> Lineage | None:
    """Read a config and what it extends; return None when the config itself gives nothing to go on with."""
    root = read_source(path, environ, problems, pipes=True)
    if root is None:
        return None
    files = [path]
    while (entry := root.entries.pop(KEY, None)) is not None:
        parent = _parent(entry, files, problems)
        above = read_source(parent, environ, problems) if parent else None
        if parent is None or above is None:
            return Lineage(
                root, tuple(map(str, files if parent is None else [*files, parent])), complete=False
            )
        files.append(parent)
        root = merged(above, root)
    return Lineage(root, tuple(map(str, files)), complete=True)


def merged(parent: Section, child: Section) -> Section:
    """Lay a child over its parent: mappings deeply, except that another `provider` starts afresh."""
    entries = dict(parent.entries)
    for key, entry in child.entries.items():
        above = entries.get(key)
        if (
            above is not None
            and isinstance(entry.node, Section)
            and isinstance(above.node, Section)
            and not other_provider(above.node, entry.node)
        ):
            entries[key] = Entry(entry.place, merged(above.node, entry.node))
        else:
            entries[key] = entry
    return Section(child.place, entries)


def other_provider(parent: Section, child: Section) -> bool:
    """Return whether a section selects another provider than the one it is laid over."""
    if "provider" not in parent.entries or "provider" not in child.entries:
        return False
    above, below = parent.entries["provider"].node, child.entries["provider"].node
    return not (isinstance(above, Scalar) and isinstance(below, Scalar) and above.value == below.value)


def _parent(entry: Entry, files: list[Path], problems: list[Problem]) -> Path | None:
    """Return the file that `extends` names: beside the file that says so, else among the shipped ones."""
    node = entry.node
    if not isinstance(node, Scalar) or not node.text or not isinstance(node.value, str):
        if not (isinstance(node, Scalar) and node.unset):
            problems.append(
                node.place.problem(f"extends must be the file name of a config, not {shown(node)}")
            )
        else:
            names = ", ".join(unset.name for unset in node.unset)
            problems.append(node.place.problem(f"{names} is not set, so extends names no config"))
        return None
    directory = Path(node.place.file).parent
    shipped = {path.name: path for path in shipped_configs().values()}
    parent = next((path for path in spellings(directory / node.value) if os.path.exists(path)), None)
    if parent is None:
        parent = next(
            (shipped[path.name] for path in spellings(Path(node.value)) if str(path) in shipped), None
        )
    if parent is None:
        others = {*siblings(directory), *shipped} - {Path(node.place.file).name}
        meant = nearest_file(node.value, others)
        near = f"; did you mean '{meant}'?" if meant else ""
        problems.append(node.place.problem(f"extends names {shown(node)}, and there is no such config{near}"))
        return None
    seen = [file.resolve() for file in files]
    if parent.resolve() in seen:
        ring = [*files[seen.index(parent.resolve()) :], parent]
        names = " -> ".join(file.name for file in ring)
        problems.append(node.place.problem(f"extends goes round in a circle: {names}"))
        return None
    return parent
