"""The HTTP client: it keeps no cookies, follows no redirects, and its log shows neither paths nor queries."""

from __future__ import annotations

from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx2

CONNECT_TIMEOUT = 5.0
SILENCE = 60.0
"""Seconds that a server may send nothing; the engine's limit for a call is usually less."""
_KEEPALIVE = 120.0
"""Seconds to keep idle connections open, since users pause."""
_LOCAL = ("all://localhost", "all://127.0.0.1", "all://[::1]")


def make_client(*, encrypted: bool) -> httpx2.AsyncClient:
    """Import httpx2 and return a client. Takes a while, so call it in a thread.

    Args:
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
        mounts=dict.fromkeys(_LOCAL),  # reached without a proxy
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
