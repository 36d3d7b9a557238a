"""Whose conversation it is."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Owner:
    """Who was let in, and how; safe to log.

    `name` is that of the key in the config, the user that a proxy names, or empty; never a secret.
    `address` is the client's IP address, or what a trusted proxy says it is.
    """

    way: Literal["open", "key", "token", "login", "carrier"]
    name: str
    address: str

    @property
    def network(self) -> str:
        """Whom limits by address count."""
        return network_of(self.address)


def network_of(address: str) -> str:
    """Return an address, or the /64 network of an IPv6 address, which belongs to one customer."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))
