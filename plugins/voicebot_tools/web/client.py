"""The HTTP client: it keeps no cookies, follows no redirects, and its log shows neither paths nor queries."""

from __future__ import annotations

from collections.abc import Collection
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx2

CONNECT_TIMEOUT = 5.0
SILENCE = 60.0
"""Seconds that a server may send nothing; the engine's limit for a call is usually less."""
_KEEPALIVE = 120.0
"""Seconds to keep idle connections open, since users pause."""


def make_client(local_hosts: Collection[str], *, encrypted: bool) -> httpx2.AsyncClient:
    """Import httpx2 and return a client. Takes a while, so call it in a thread.

    Args:
        local_hosts: those on this machine, which are reached without a proxy.
        encrypted: whether any connection will be; the certificates for that take the longest to read.
    """
    import httpx2

    return httpx2.AsyncClient(
        verify=encrypted,
        timeout=httpx2.Timeout(SILENCE, connect=CONNECT_TIMEOUT),
        limits=httpx2.Limits(keepalive_expiry=_KEEPALIVE),
        follow_redirects=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # one user's are not for another
        headers={"User-Agent": "voicebot"},
        mounts={f"all://[{host}]" if ":" in host else f"all://{host}": None for host in local_hosts},
    )


def make_request(
    client: httpx2.AsyncClient, method: str, url: httpx2.URL, headers: dict[str, str], body: bytes | None
) -> httpx2.Request:
    """Return a request whose path and query the client does not know: it would log them."""
    return client.build_request(
        method,
        url.copy_with(raw_path=b"/"),
        headers=headers,
        content=body,
        extensions={"target": url.raw_path},
    )
