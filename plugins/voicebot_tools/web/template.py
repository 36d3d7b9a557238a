"""Templates with `{parameter}`: addresses, queries and JSON bodies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from voicebot_tools.arguments import PLACEHOLDER, BadArguments

Values = Mapping[str, Any]
_LEFT_OUT = object()
"""In place of a value that names a parameter that was not given."""
_UNSAFE_SEGMENTS = frozenset({"", ".", ".."})


def placeholders(template: Any) -> Iterator[str]:
    """Yield the names in braces, in texts at any depth."""
    match template:
        case str():
            yield from PLACEHOLDER.findall(template)
        case Mapping():
            for item in template.values():
                yield from placeholders(item)
        case list() | tuple():
            for item in template:
                yield from placeholders(item)


def placeholders_in_keys(template: Any) -> Iterator[str]:
    """Yield the names in braces in the keys of mappings, at any depth; they are not filled in."""
    match template:
        case Mapping():
            yield from placeholders([key for key in template if isinstance(key, str)])
            for item in template.values():
                yield from placeholders_in_keys(item)
        case list() | tuple():
            for item in template:
                yield from placeholders_in_keys(item)


def filled_url(template: str, values: Values) -> str:
    """Fill an address; what is filled in is encoded and stays within its segment of the path.

    Raises:
        BadArguments: a segment of the path would be empty, `.` or `..`, which leads elsewhere.
    """
    path, mark, query = template.partition("?")
    segments = []
    for segment in path.split("/"):
        names = PLACEHOLDER.findall(segment)
        written = _encoded_within(segment, values)
        if names and written in _UNSAFE_SEGMENTS:
            raise BadArguments(f"wrong arguments: {names[0]} must not be {written!r}")
        segments.append(written)
    return "/".join(segments) + mark + _encoded_within(query, values)


def filled(template: Any, values: Values) -> Any:
    """Fill a JSON document.

    A text that is nothing but a placeholder becomes the value itself, such as a number. Properties and items
    that name a parameter that was not given are left out.
    """
    document = _filled(template, values)
    return None if document is _LEFT_OUT else document


def _filled(template: Any, values: Values) -> Any:
    match template:
        case str():
            if (whole := PLACEHOLDER.fullmatch(template)) is not None:
                return values.get(whole[1], _LEFT_OUT)
            if any(name not in values for name in PLACEHOLDER.findall(template)):
                return _LEFT_OUT
            return PLACEHOLDER.sub(lambda found: as_text(values[found[1]]), template)
        case Mapping():
            items = ((key, _filled(item, values)) for key, item in template.items())
            return {key: item for key, item in items if item is not _LEFT_OUT}
        case list() | tuple():
            each = (_filled(item, values) for item in template)
            return [item for item in each if item is not _LEFT_OUT]
    return template


def as_text(value: Any) -> str:
    """Return a value as an address has it: text as it is, others as in JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def encoded_query(query: Mapping[str, Any]) -> str:
    """Return a query as it is appended to an address, without its `?`."""
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in query.items())


def _encoded_within(template: str, values: Values) -> str:
    return PLACEHOLDER.sub(lambda found: _encoded(values[found[1]]), template)


def _encoded(value: Any) -> str:
    return quote(as_text(value), safe="", errors="replace")
