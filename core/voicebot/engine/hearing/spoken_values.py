"""What the user may say for the arguments of tools, so that the recogniser expects it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from voicebot.engine.tools.catalogue import ToolCatalogue
from voicebot.interfaces import Toolset

_MOST = 100
_LONGEST = 40
"""Characters; a longer value is not said as it is."""
_DEEPEST = 5


def spoken_values(toolsets: Sequence[Toolset[Any]]) -> tuple[str, ...]:
    """Return the texts that are listed as values of arguments, such as the rooms of a house, as words."""
    tools = ToolCatalogue(toolsets, lambda _: None).offered().values()
    values = dict.fromkeys(value for each in tools for value in _values(each.tool.parameters))
    return tuple(islice(values, _MOST))


def _values(schema: object, depth: int = 0) -> Iterator[str]:
    if depth > _DEEPEST or not isinstance(schema, Mapping):
        return
    listed = schema.get("enum")
    for value in listed if isinstance(listed, list) else ():
        words = " ".join(value.replace("_", " ").split()) if isinstance(value, str) else ""
        if len(words) <= _LONGEST and any(letter.isalpha() for letter in words):
            yield words
    properties = schema.get("properties")
    alternatives = schema.get("anyOf")
    below = [
        *(properties.values() if isinstance(properties, Mapping) else ()),
        *(alternatives if isinstance(alternatives, list) else ()),
        schema.get("items"),
    ]
    for each in below:
        yield from _values(each, depth + 1)
