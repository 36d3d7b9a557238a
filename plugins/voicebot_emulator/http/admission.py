"""Which requests are admitted: those of programs on this machine, up to a limit, and not of web pages."""

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
"""Requests and websockets served at a time."""
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_LONGEST_QUOTE = 100


class Admission:
    """Admits or refuses each request before anything is done for it.

    A web page could make its own name resolve to this machine (DNS rebinding), or send requests from a
    browser that runs here; the headers `Host` and `Origin` show that.

    Args:
        names: other host names it may be reached by, each as NAME (with any port) or as NAME:PORT.
    """

    def __init__(self, names: Iterable[str] = (), most_requests: int = MOST_REQUESTS) -> None:
        self._names = {name.lower() for name in names}
        self._most = most_requests
        self._requests = 0

    async def __call__(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Serve a request, or refuse it."""
        from aiohttp import web

        if reason := self._reason_to_refuse(request):
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

    def _reason_to_refuse(self, request: web.Request) -> str:
        """Return why a request is refused; empty to admit it."""
        hosts, origins = (request.headers.getall(name, []) for name in ("Host", "Origin"))
        if len(hosts) != 1 or not self._is_ours(hosts[0]):
            return (
                f"The host {_quoted(hosts)} is not this emulator's. To allow it, start the emulator with "
                "--allow-host NAME."
            )
        if any(not self._may_use(origin, hosts[0]) for origin in origins):
            return (
                f"Pages of {_quoted(origins)} may not use this emulator. To allow them, start it with "
                "--allow-host NAME."
            )
        return ""

    def _may_use(self, origin: str, host: str) -> bool:
        """Return whether pages of an origin are admitted: of the same host and port, or of our names."""
        scheme, _, there = origin.partition("://")
        if scheme not in {"http", "https"} or (address := _address(there)) is None:
            return False
        return address == _address(host) or self._is_named(*address)

    def _is_ours(self, host: str) -> bool:
        """Return whether a host is this machine, at any port: a relay has a port of its own."""
        address = _address(host)
        return address is not None and (address[0] in _LOOPBACK or self._is_named(*address))

    def _is_named(self, name: str, port: int | None) -> bool:
        return name in self._names or f"{name}:{port}" in self._names


def _address(host: str) -> tuple[str, int | None] | None:
    """Return the name and port in a host header; None if it is malformed."""
    try:
        split = urlsplit(f"//{host}")
        name, port = split.hostname, split.port
    except ValueError:
        return None
    return (name, port) if name is not None and split.netloc == host and "@" not in host else None


def _quoted(values: list[str]) -> str:
    return ", ".join(f"'{printable(value)[:_LONGEST_QUOTE]}'" for value in values[:3]) or "(none)"
