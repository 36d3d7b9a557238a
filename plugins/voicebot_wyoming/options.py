"""The options that the recogniser and the synthesizer have in common."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import field_validator

from voicebot import Field, Options, ServerAddress
from voicebot_wyoming.address import parse_address


class ServerOptions(Options):
    """Where a server is, and how long to wait for it."""

    uri: str
    """Address of the server: `tcp://HOST:PORT`, or `unix:///PATH` for a socket on this machine."""
    program: str | None = Field(None, min_length=1)
    """Name of the program, if several share the address; by default, the one that has the model or the voice,
    else the first."""
    connect_timeout: float = Field(3.0, gt=0, le=60)
    """Seconds that connecting may take."""
    timeout: float = Field(30.0, gt=0, le=600)
    """Seconds that the server may leave a request without any answer."""

    def server_addresses(self) -> Iterator[ServerAddress]:
        """Yield the server, unless it is a socket on this machine."""
        address = parse_address(self.uri)
        if not address.path:
            yield ServerAddress(address.host, address.port, tls=False, http=False)

    @field_validator("uri")
    @classmethod
    def _check_uri(cls, uri: str) -> str:
        return str(parse_address(uri))
