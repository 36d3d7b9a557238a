"""A part of a JSON document, named by a path such as `list.0.main.temp` or `items.*.name`."""

from __future__ import annotations

from typing import Any

_EACH = "*"


class NotFound(LookupError):
    """The document has no such part; the text says where the path ends."""


def selected(document: Any, path: str) -> Any:
    """Return the part at a path: keys and numbers of items, with dots between them; `*` is each item.

    Raises:
        NotFound: there is no such part.
    """
    return _selected(document, tuple(path.split(".")) if path else ())


def _selected(document: Any, steps: tuple[str, ...]) -> Any:
    if not steps:
        return document
    step, *rest = steps
    if step == _EACH and isinstance(document, dict | list):
        items = document.values() if isinstance(document, dict) else document
        return [_selected(item, tuple(rest)) for item in items]
    if isinstance(document, list) and step.isdecimal() and int(step) < len(document):
        return _selected(document[int(step)], tuple(rest))
    if isinstance(document, dict) and step in document:
        return _selected(document[step], tuple(rest))
    raise NotFound(f"no '{step}'")
