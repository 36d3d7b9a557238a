"""The proxies that the environment names, which the Speech SDK does not use."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.request import getproxies_environment, proxy_bypass

from voicebot import Finding, is_this_machine


def unused_proxy(host: str, *, tls: bool) -> Iterator[Finding]:
    """Yield a warning if the environment names a proxy for a host, so that other programs go through it."""
    proxies = getproxies_environment()
    scheme = "https" if tls else "http"
    used = next((name for name in (scheme, "all") if proxies.get(name)), None)
    if used is None or is_this_machine(host) or proxy_bypass(host):
        return
    yield Finding(
        "proxy",
        "warning",
        f"the Speech SDK connects to {host} directly: it does not use the proxy that {used.upper()}_PROXY "
        "names",
        "set `proxy: HOST:PORT` if it has to go through the proxy; otherwise add the host to NO_PROXY",
    )
