"""Where a server is: an HTTP address or a command, and how messages name it without revealing secrets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath
from urllib.parse import urlsplit

from voicebot import is_this_machine

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
_BEFORE_A_NAME = {
    "--init",
    "--offline",
    "--quiet",
    "--rm",
    "--yes",
    "-I",
    "-i",
    "-m",
    "-q",
    "-u",
    "-y",
    "exec",
    "run",
    "tool",
    "x",
}
"""Their arguments that may come before it; after others, the next one may be a secret."""
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
    return is_this_machine(urlsplit(url).hostname or "")


def url_name(url: str) -> str:
    """Return the address for messages: without its query, which may contain a key."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


def command_name(command: Sequence[str]) -> str:
    """Return the program for messages, and what it runs if it is a launcher; arguments may be secrets."""
    name = PurePath(command[0]).name
    if name.removesuffix(".exe") in _LAUNCHERS:
        run = next((word for word in command[1:] if word not in _BEFORE_A_NAME), "")
        if _NAME.fullmatch(run) and not run.startswith("-"):
            return f"{name} {run if run.startswith('@') else PurePath(run).name}"
    return name
