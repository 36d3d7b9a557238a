"""Who is let in: programs of this machine, as many as there is room for, and no page of the web."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from voicebot import printable

if TYPE_CHECKING:
    from aiohttp import web

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LARGEST_BODY = 2 * 2**20
"""Bytes of a request."""
MOST_REQUESTS = 128
"""Requests and websockets at a time."""
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_LONGEST_QUOTE = 100


class Admission:
    """Decides about each request before anything is done for it.

    A page on the web could have its own name lead to this machine (DNS rebinding), or send requests from a
    browser that runs here: the headers `Host` and `Origin` tell.

    Args:
        names: other hosts that it may be called, each as NAME, with any port, or as NAME:PORT.
    """

    def __init__(self, names: Iterable[str] = (), most_requests: int = MOST_REQUESTS) -> None:
        self._names = {name.lower() for name in names}
        self._most = most_requests
        self._requests = 0

    async def __call__(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Serve a request, or refuse it."""
        from aiohttp import web

        if reason := self._foreign(request):
            return web.Response(status=403, text=f"{reason}\n")
        if self._requests >= self._most:
            return web.Response(
                status=429,
                text=f"The emulator is busy with {self._most} requests; try again later.\n",
                headers={"Retry-After": "1"},
            )
        self._requests += 1
        try:
            return await handler(request)
        finally:
            self._requests -= 1

    def _foreign(self, request: web.Request) -> str:
        """Return why a request is not from here, or nothing."""
        hosts, origins = (request.headers.getall(name, []) for name in ("Host", "Origin"))
        if len(hosts) != 1 or not self._is_ours(hosts[0]):
            return (
                f"The host {_quoted(hosts)} is not this emulator's. If it may be called so, start it with "
                "--allow-host NAME."
            )
        if any(not self._may_use(origin, hosts[0]) for origin in origins):
            return (
                f"Pages of {_quoted(origins)} may not use this emulator. If they may, start it with "
                "--allow-host NAME."
            )
        return ""

    def _may_use(self, origin: str, host: str) -> bool:
        """Return whether pages of an origin may ask: those of the same host and port, and of our names."""
        scheme, _, there = origin.partition("://")
        if scheme not in {"http", "https"} or (address := _address(there)) is None:
            return False
        return address == _address(host) or self._is_named(*address)

    def _is_ours(self, host: str) -> bool:
        """Return whether a host is this machine, at whatever port: a relay may have one of its own."""
        address = _address(host)
        return address is not None and (address[0] in _LOOPBACK or self._is_named(*address))

    def _is_named(self, name: str, port: int | None) -> bool:
        return name in self._names or f"{name}:{port}" in self._names


def _address(host: str) -> tuple[str, int | None] | None:
    """Return name and port of a host as a header has it, None if it is malformed."""
    try:
        split = urlsplit(f"//{host}")
        name, port = split.hostname, split.port
    except ValueError:
        return None
    return (name, port) if name is not None and split.netloc == host and "@" not in host else None


def _quoted(values: list[str]) -> str:
    return ", ".join(f"'{printable(value)[:_LONGEST_QUOTE]}'" for value in values[:3]) or "(none)"
