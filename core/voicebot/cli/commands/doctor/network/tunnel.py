"""Getting through a proxy."""

from __future__ import annotations

import asyncio

from voicebot.cli.commands.doctor.network.connection import LIMIT, connection
from voicebot.cli.commands.doctor.network.failure import Failure, connection_failure
from voicebot.cli.commands.doctor.network.proxies import Proxy
from voicebot.diagnosis import ServerAddress


async def open_tunnel(
    proxy: Proxy, address: ServerAddress, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Ask a proxy to connect to a server; raise `Failure` if it does not."""
    host = f"[{address.host}]" if ":" in address.host else address.host
    place = f"{host}:{address.port}"
    writer.write(f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n{proxy.headers}\r\n".encode())
    await writer.drain()
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        raise Failure(
            f"{proxy} ({proxy.host}:{proxy.port}) does not answer as an HTTP proxy does",
            f"check that {proxy.origin} names an HTTP proxy",
        ) from None
    status = head.split(maxsplit=2)[1:2]
    if not head.startswith(b"HTTP/") or status != [b"200"]:
        raise refusal(proxy, status[0].decode("ascii", "replace") if status else "")


def refusal(proxy: Proxy, status: str) -> Failure:
    """Return why a proxy does not let a request through, by the status of its answer."""
    where = f"{proxy} ({proxy.host}:{proxy.port})"
    if status == "407":
        wrong = "rejects the login" if proxy.login else "requires a login"
        return Failure(
            f"{where} {wrong}",
            f"put the right user name and password into {proxy.origin}: http://USER:PASSWORD@HOST:PORT"
            if not proxy.origin.startswith("the option")
            else "set `proxy_user` and `proxy_password`",
        )
    shown = f"status {status[:3]}" if status[:3].isdigit() else "no HTTP answer"
    return Failure(
        f"{where} does not connect to the server ({shown})",
        "have the administrator of the proxy allow the server, or add its host to NO_PROXY",
    )


async def connect_to_proxy(proxy: Proxy) -> float:
    """Connect to a proxy, and return the seconds it took; raise `Failure` if that is impossible."""
    began = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout(LIMIT), connection(proxy.host, proxy.port, str(proxy)):
            return asyncio.get_running_loop().time() - began
    except TimeoutError as error:
        raise connection_failure(error, proxy.host, proxy.port, str(proxy)) from None
