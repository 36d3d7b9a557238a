"""The address of a server: `tcp://HOST:PORT`, or `unix:///PATH` for a socket on this machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_HOST = re.compile(r"[\w.\-]+|[0-9A-Fa-f:.]+(%\w+)?")
_HOST_AND_PORT = re.compile(r"(//)?([\w.\-]+|\[[0-9A-Fa-f:.]+\]):\d+/?")
_FORMS = "write tcp://HOST:PORT or unix:///PATH"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens: `path` is the path of a Unix socket, and empty for `host` and `port`."""

    host: str = ""
    port: int = 0
    path: str = ""

    def __str__(self) -> str:
        if self.path:
            return f"unix://{self.path}"
        return f"tcp://[{self.host}]:{self.port}" if ":" in self.host else f"tcp://{self.host}:{self.port}"


def parse_address(uri: str) -> Address:
    """Return the address that a URI names.

    Raises:
        ValueError: it is not such an address; the message says what to write.
    """
    text = uri.strip()
    if "://" not in text:
        raise ValueError(f"'{text[:80]}' is not an address; {_suggestion(text)}")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"'{text[:80]}' is not an address ({error}); {_FORMS}") from None
    if "@" in parts.netloc:
        raise ValueError(f"the protocol knows no users and passwords; {_FORMS}")
    if parts.scheme == "unix":
        if parts.netloc or len(parts.path) < 2:
            raise ValueError(
                "write unix:// and the absolute path of the socket, such as unix:///run/tts.sock"
            )
        return Address(path=parts.path)
    if parts.scheme != "tcp":
        raise ValueError(f"a Wyoming server has no {parts.scheme}:// address; {_FORMS}")
    if not parts.hostname or not _HOST.fullmatch(parts.hostname):
        raise ValueError(f"'{text[:80]}' names no host; {_FORMS}")
    if not port:
        raise ValueError(f"'{text[:80]}' has no port; {_FORMS}, such as tcp://{parts.hostname}:10300")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"there is nothing after the port; did you mean {Address(parts.hostname, port)}?")
    return Address(parts.hostname, port)


def _suggestion(text: str) -> str:
    if _HOST_AND_PORT.fullmatch(text):
        return f"did you mean tcp://{text.strip('/')}?"
    return f"did you mean unix://{text}?" if text.startswith("/") and len(text) > 1 else _FORMS
