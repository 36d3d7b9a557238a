"""Messages as JSON objects, within what can be passed on safely."""

from __future__ import annotations

import json
from typing import Any

_DEEPEST = 32
"""Levels of objects and lists: whoever writes, copies or checks deeper ones may run out of stack."""


def json_object(message: str | bytes) -> dict[str, Any] | None:
    """Return a JSON object; None if a message is no such thing, or has too many levels."""
    try:
        parsed = _DECODER.decode(message if isinstance(message, str) else message.decode())
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) and not _is_deep(parsed) else None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse)


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [child for each in level for child in _children(each)]
        if not level:
            return False
    return True


def _children(value: Any) -> list[Any]:
    """Return the objects and lists in one."""
    inside = value.values() if isinstance(value, dict) else value
    return [each for each in inside if isinstance(each, dict | list)]
