"""Where a server is: an HTTP address or a command, and how messages name it without revealing secrets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import PurePath
from urllib.parse import urlsplit

_LAUNCHERS = {
    "bun",
    "bunx",
    "deno",
    "docker",
    "node",
    "npx",
    "pipx",
    "podman",
    "python",
    "python3",
    "uv",
    "uvx",
}
"""Programs that run others, which the first argument names."""
_NAME = re.compile(r"[\w@./+-]{1,60}")
"""What the name of a package or a script consists of; a URL, which may contain a password, does not match."""


def check_url(url: str) -> str:
    """Return the address of a server, without blanks around it.

    Raises:
        ValueError: it is not an HTTP address; the message does not repeat it, as it may contain a secret.
    """
    text = url.strip()
    example = "write an address such as https://tools.example/mcp"
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise ValueError(f"not an address ({error}); {example}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not an HTTP address; {example}")
    if "@" in parts.netloc:
        raise ValueError("do not write a user and password into the address; use `headers`")
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError(f"contains characters that an address cannot have; {example}")
    return text


def is_plain_elsewhere(url: str) -> bool:
    """Return whether what is sent there crosses a network unencrypted."""
    parts = urlsplit(url)
    return parts.scheme == "http" and not is_local(url)


def is_local(url: str) -> bool:
    """Return whether a server runs on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # another name
        return False


def url_name(url: str) -> str:
    """Return the address for messages: without its query, which may contain a key."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


def command_name(command: Sequence[str]) -> str:
    """Return the program for messages, and what it runs if it is a launcher; arguments may be secrets."""
    name = PurePath(command[0]).name
    if name.removesuffix(".exe") in _LAUNCHERS:
        run = next((word for word in command[1:] if not word.startswith("-")), "")
        if _NAME.fullmatch(run):
            return f"{name} {run if run.startswith('@') else PurePath(run).name}"
    return name
