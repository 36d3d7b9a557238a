"""Why a server or a proxy cannot be reached, and what to do about it."""

from __future__ import annotations

import socket

NETWORK = "check the network, and whether a firewall requires a proxy"


class Failure(Exception):
    """Something on the way to a server does not work."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


def connection_failure(error: Exception, host: str, port: int, what: str = "") -> Failure:
    """Return why a connection could not be opened.

    Args:
        what: what is at the address, if not the server itself, such as "the proxy of HTTPS_PROXY".
    """
    where = f"{what} ({host}:{port})" if what else f"{host}:{port}"
    match error:
        case socket.gaierror() | UnicodeError():  # a name with two dots in a row cannot be encoded
            begin = f"{what}: " if what else ""
            return Failure(
                f"{begin}there is no host named {host}",
                "check the address for typing errors, and whether this machine is online",
            )
        case ConnectionRefusedError():
            return Failure(f"nothing is listening at {where}", "start it, or correct its address and port")
        case TimeoutError():
            return Failure(f"{where} does not answer", NETWORK)
        case OSError():
            return Failure(f"{where} cannot be reached: {error.strerror or type(error).__name__}", NETWORK)
        case _:
            return Failure(f"{where} cannot be reached: {type(error).__name__}", NETWORK)
