"""Which pages may connect from a browser: without this, any page that a user opens could talk to the bot."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_allowed(origin: str, host: str, allowed: Collection[str], *, is_open: bool) -> bool:
    """Return whether a page may connect.

    Args:
        origin: the page's, as its browser says.
        host: what the browser takes this server for: the `Host` header.
        allowed: origins of other pages.
        is_open: whether no key protects the bot. A foreign page that has its own name lead to this machine
            (DNS rebinding) would look like ours, so then a name has to be listed.
    """
    if _normalized(origin) in {_normalized(each) for each in allowed}:
        return True
    page = urlsplit(origin)
    if page.scheme not in _DEFAULT_PORTS or _authority(origin) != _authority(f"{page.scheme}://{host}"):
        return False
    return not is_open or is_local_or_number(page.hostname or "")


def is_local_or_number(host: str) -> bool:
    """Return whether a host is a name of this machine itself or an IP address."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(address: str) -> bool:
    """Return whether an IP address, or `localhost`, is reached from this machine only."""
    try:
        return address == "localhost" or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _normalized(origin: str) -> tuple[str, str, int | None]:
    return urlsplit(origin).scheme, *_authority(origin)


def _authority(url: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").rstrip("."), parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:  # a port that is no number
        return "", -1
