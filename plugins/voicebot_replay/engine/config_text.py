"""The text of a recorded config without some of its parts, so that no line of the others moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import yaml

Keys: TypeAlias = tuple[str, ...]
"""Where a part is, from the outside to the inside; items of lists count from 0."""
_PROVIDER = "provider"
"""The key without which a section selects nothing."""


def without(text: str, is_left_out: Callable[[Keys, yaml.Node], bool]) -> str:
    """Return the text of a config with the lines of some parts left empty.

    Args:
        text: in block style, each part on lines of its own.
        is_left_out: is asked of each key and each item, with its value.
    """
    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError:
        return text  # the loader says what is wrong
    lines = text.splitlines()
    for keys, begins, value in _parts(root, ()):
        if keys[-1] != _PROVIDER and is_left_out(keys, value):
            first, end = begins.start_mark, value.end_mark  # that of a block is where the next part begins
            for number in range(first.line, max(first.line + 1, end.line + (end.column > first.column))):
                lines[number] = ""
    return "\n".join(lines) + "\n"


def place_of(node: yaml.Node) -> tuple[int, int]:
    """Return the line and the column of a value, from 1 as in a `Problem`."""
    return node.start_mark.line + 1, node.start_mark.column + 1


def _parts(node: yaml.Node | None, keys: Keys) -> Iterator[tuple[Keys, yaml.Node, yaml.Node]]:
    """Yield where each part is, with the node with which it begins and that of its value."""
    if isinstance(node, yaml.MappingNode):
        found = [(str(key.value), key, value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        found = [(str(number), item, item) for number, item in enumerate(node.value)]
    else:
        return
    for name, begins, value in found:
        yield (*keys, name), begins, value
        yield from _parts(value, (*keys, name))
