"""Options about HTTP servers: headers that can be sent, and whether a server is on this machine."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from ipaddress import IPv6Address, ip_address

from pydantic import SecretStr

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_FRAMING = frozenset({"connection", "content-length", "transfer-encoding"})
"""Headers that only the HTTP client can set."""


def check_headers(headers: Mapping[str, SecretStr], reserved: Collection[str] = ()) -> dict[str, SecretStr]:
    """Return HTTP headers without blanks around their values, for a validator of an option.

    Without this check, an HTTP client refuses what it cannot send, and may repeat the secret in its error.

    Args:
        reserved: names in lower case that the provider sets itself, besides `connection`, `content-length`
            and `transfer-encoding`.

    Raises:
        ValueError: a header cannot be sent or set, or is given twice; the message contains no value.
    """
    for name, value in headers.items():
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!a} is not a valid header name")
        if name.lower() in _FRAMING or name.lower() in reserved:
            raise ValueError(f"{name} cannot be set")
        text = value.get_secret_value()
        if not (text.isascii() and text.isprintable()):
            raise ValueError(f"the value of {name} contains characters that a header cannot have")
    if len({name.lower() for name in headers}) < len(headers):
        raise ValueError("a header is given twice; header names ignore case")
    return {name: SecretStr(value.get_secret_value().strip()) for name, value in headers.items()}


def is_this_machine(host: str) -> bool:
    """Return whether the host of an address is this machine: `localhost`, or a loopback address."""
    if host.lower() == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:  # another name
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped.is_loopback  # Python 3.12 and earlier do not look into it
    return address.is_loopback
