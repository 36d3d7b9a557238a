"""Which proxy, if any, is on the way to a server, and getting through it."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies_environment, proxy_bypass

from voicebot.cli.commands.doctor.network.failure import Failure
from voicebot.diagnosis import ServerAddress

_USUAL_PORT = 80  # as curl and urllib have it for http://


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy; `origin` says who names it, and `login` is never shown."""

    host: str
    port: int
    origin: str
    login: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"the proxy of {self.origin}"

    @property
    def headers(self) -> str:
        """The lines that a request to the proxy needs."""
        if not self.login:
            return ""
        return f"Proxy-Authorization: Basic {base64.b64encode(self.login.encode()).decode()}\r\n"


class Unsupported(Exception):
    """A proxy of a kind that cannot be tried here; the text says why."""


def variables() -> dict[str, str]:
    """Return the variables of the environment that name proxies, with their values, which may be secret."""
    return {
        _written(f"{scheme}_proxy"): url
        for scheme, url in getproxies_environment().items()
        if scheme in ("http", "https", "all") and url
    }


def proxy_for(address: ServerAddress) -> Proxy | None:
    """Return the proxy on the way to a server.

    Raises:
        Failure: what names it is not the address of a proxy.
        Unsupported: it is no HTTP proxy, or one that is connected to by TLS.
    """
    if address.proxy is not None:
        return parse_proxy(address.proxy.get_secret_value(), "the option `proxy`")
    variable = variable_for(address)
    return parse_proxy(os.environ[variable], variable) if variable else None


def variable_for(address: ServerAddress) -> str:
    """Return the variable of the environment that names the proxy of a server, empty if none does."""
    if address.proxy is not None or not address.environment_proxy or is_exempt(address):
        return ""
    proxies = getproxies_environment()
    schemes = ("https" if address.tls else "http", "all")
    return next((_written(f"{scheme}_proxy") for scheme in schemes if proxies.get(scheme)), "")


def is_exempt(address: ServerAddress) -> bool:
    """Return whether `NO_PROXY` names the host of a server."""
    return bool(proxy_bypass(f"{address.host}:{address.port}"))


def parse_proxy(url: str, origin: str) -> Proxy:
    """Return the proxy with an address; raise `Failure` or `Unsupported`, without repeating the address."""
    parts, port = _split(url if "://" in url else f"http://{url}", origin)
    if parts.scheme != "http":
        raise Unsupported(f"{origin} names a proxy of the kind {parts.scheme}://, which cannot be tried here")
    login = ""
    if parts.username is not None:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return Proxy(parts.hostname or "", port or _USUAL_PORT, origin, login)


def _split(url: str, origin: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        if parts.hostname and parts.port != 0:
            return parts, parts.port
    except ValueError:
        pass
    raise Failure(f"{origin} is not the address of a proxy", "write http://HOST:PORT")


def _written(name: str) -> str:
    """Return the name of a variable as it is in the environment; lower case takes precedence."""
    if os.environ.get(name):
        return name
    return next((each for each in os.environ if each.lower() == name and os.environ[each]), name)
