"""What proxies in front of the server say about a client, believed only from those that the config trusts."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit, urlunsplit


class TrustedProxies:
    """Proxies by address or network.

    Raises:
        ValueError: one of them is neither.
    """

    def __init__(self, addresses: Iterable[str]) -> None:
        self._networks = [ipaddress.ip_network(each, strict=False) for each in addresses]

    def trusts(self, address: str) -> bool:
        """Return whether the sender of a request is one of them."""
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._networks)

    def client_address(self, sender: str, headers: Mapping[str, str]) -> str:
        """Return the address of the client: the last of `X-Forwarded-For` that is no trusted proxy."""
        address = sender
        for hop in reversed(headers.get("x-forwarded-for", "").split(",")):
            if not self.trusts(address) or not hop.strip():
                break
            try:
                address = str(ipaddress.ip_address(hop.strip()))
            except ValueError:
                break
        return address

    def url(self, sender: str, headers: Mapping[str, str], url: str) -> str:
        """Return the address that the client wrote, as far as a trusted proxy says what it was."""
        if not self.trusts(sender):
            return url
        parts = urlsplit(url)
        host = headers.get("x-forwarded-host", "").split(",")[0].strip() or parts.netloc
        if not self.is_https(sender, headers, parts.scheme):
            return urlunsplit(parts._replace(netloc=host))
        scheme = "wss" if parts.scheme in ("ws", "wss") else "https"
        return urlunsplit(parts._replace(netloc=host, scheme=scheme))

    def is_https(self, sender: str, headers: Mapping[str, str], scheme: str) -> bool:
        """Return whether the client speaks to us, or to the proxy, in TLS."""
        if self.trusts(sender) and (said := headers.get("x-forwarded-proto")):
            return said.split(",")[0].strip().lower() in ("https", "wss")
        return scheme in ("https", "wss")
