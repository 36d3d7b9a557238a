"""What a request says of its client, read in one place for HTTP and WebSockets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

_LISTS = ("x-forwarded-for",)
"""Headers of which each proxy may add a line of its own: all lines together are one list."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request, or the opening of a WebSocket; header names are in lower case.

    `sender` is the address that it comes from, which may be a proxy's, or empty. `repr` does not show the
    headers, which may hold secrets.
    """

    sender: str
    headers: Mapping[str, str]

    @classmethod
    def of(cls, connection: HTTPConnection) -> Self:
        """Return what a request of starlette says; of a header that is there twice, the last one counts."""
        headers: dict[str, str] = {}
        for name, value in connection.headers.items():
            before = headers.get(name) if name in _LISTS else None
            headers[name] = value if before is None else f"{before}, {value}"
        return cls(connection.client.host if connection.client is not None else "", headers)

    def __repr__(self) -> str:
        return f"Incoming({self.sender!r})"
