"""The headers at the beginning of turns and messages in a model's template: a role, or a role and channel."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ROLE = re.compile(r"\s*([\w▁.-]*)")
_HEADER_END = re.compile(r"<\|(message|start|channel|end|return|call)\|>")
_MAX_LENGTH = 160


@dataclass(frozen=True, slots=True)
class Header:
    """The name in a header, in lower case, and the position after it.

    `continued` if another header follows.
    """

    name: str
    end: int
    continued: bool = False


def role_at(text: str, start: int, *, final: bool) -> Header | None:
    """Return the word at a position, None if it may be incomplete.

    Args:
        final: whether no more text will come.
    """
    found = _ROLE.match(text, start)
    if found is None or (found.end() == len(text) and not final):
        return None
    return Header(found[1].lower(), found.end())


def channel_header_at(text: str, start: int, *, final: bool) -> Header | None:
    """Return the header of a message at a position, None if it may be incomplete.

    Args:
        final: whether no more text will come.
    """
    header = text[start : start + _MAX_LENGTH]
    end = _HEADER_END.search(header)
    if end is None and len(header) < _MAX_LENGTH and not final:
        return None
    found = _ROLE.match(header)
    name = found[1].lower() if found else ""
    continued = end is not None and end[1] in ("start", "channel")
    return Header(name, start + (end.end() if end else len(header)), continued)
