"""A visit to a server: connects the way a provider does, sends no key, and asks for nothing but the date."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from voicebot.cli.commands.doctor.network.certificates import Certificate, read_certificate
from voicebot.cli.commands.doctor.network.connection import LIMIT, connection
from voicebot.cli.commands.doctor.network.failure import NETWORK, Failure
from voicebot.cli.commands.doctor.network.proxies import Proxy, Unsupported, proxy_for
from voicebot.cli.commands.doctor.network.tunnel import open_tunnel, refusal
from voicebot.diagnosis import ServerAddress

_HALF_A_SECOND = timedelta(seconds=0.5)  # the header Date has no fractions


@dataclass(slots=True)
class Visit:
    """What became of a visit: the seconds of each stage, and either a failure or none."""

    address: ServerAddress
    proxy: Proxy | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    failure: Failure | None = None
    skipped: str = ""
    """Why there was no visit."""
    certificate: Certificate | None = None
    rejected: ssl.SSLCertVerificationError | None = None
    """Why the certificate is not trusted."""
    publicly_trusted: bool | None = None
    """Whether a public authority issued the certificate, if that is known."""
    ahead: timedelta | None = None
    """By how much the server's clock is ahead of this machine's."""


@dataclass(frozen=True, slots=True)
class TlsContexts:
    """`trusting` trusts what this machine does, `public` only public authorities, if their list is here.

    For servers without TLS, neither is needed.
    """

    trusting: ssl.SSLContext | None = None
    public: ssl.SSLContext | None = None

    @classmethod
    def load(cls) -> TlsContexts:
        """Read the root certificates. Blocks."""
        trusting = ssl.create_default_context()
        try:
            import certifi  # type: ignore[import-not-found, unused-ignore]  # some extras install it
        except ImportError:
            return cls(trusting, None)
        return cls(trusting, ssl.create_default_context(cafile=certifi.where()))


async def visit(address: ServerAddress, contexts: TlsContexts) -> Visit:
    """Visit a server, within `LIMIT` seconds; how it went is in the result."""
    result = Visit(address)
    try:
        result.proxy = proxy_for(address)
    except Failure as failure:
        result.failure = failure
        return result
    except Unsupported as reason:
        result.skipped = str(reason)
        return result
    try:
        async with asyncio.timeout(LIMIT):
            await _try(result, contexts)
    except TimeoutError:
        result.failure = Failure(f"{address.host}:{address.port} does not answer within {LIMIT:g} s", NETWORK)
    except Failure as failure:
        result.failure = failure
    return result


async def _try(result: Visit, contexts: TlsContexts) -> None:
    address = result.address
    try:
        async with _way(result, contexts.trusting) as (reader, writer):
            if not address.tls:
                await _ask_for_date(result, reader, writer)
                return
            result.certificate = _certificate_of(writer)
            await _ask_for_date(result, reader, writer)
    except ssl.SSLCertVerificationError as error:
        result.rejected = error
        await _look_without_trust(result)
        return
    except ssl.SSLError as error:
        raise Failure(
            f"{address.host}:{address.port} does not speak TLS as this machine does ({error.reason})",
            "check the port, and whether the address begins with https: although the server has no TLS",
        ) from None
    except ConnectionError:
        raise Failure(f"{address.host}:{address.port} closes the connection", NETWORK) from None
    if contexts.public is not None:
        result.publicly_trusted = await _is_trusted(result, contexts.public)


async def _look_without_trust(result: Visit) -> None:
    """Read a certificate that is not trusted, and the clock of the server, which may be the reason."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with suppress(ssl.SSLError, OSError, Failure):
        async with _way(Visit(result.address, result.proxy), context) as (reader, writer):
            result.certificate = _certificate_of(writer)
            await _ask_for_date(result, reader, writer)


async def _is_trusted(result: Visit, context: ssl.SSLContext) -> bool | None:
    try:
        async with _way(Visit(result.address, result.proxy), context):
            return True
    except ssl.SSLCertVerificationError:
        return False
    except (OSError, Failure):
        return None


@asynccontextmanager
async def _way(
    result: Visit, context: ssl.SSLContext | None
) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter], None]:
    """Connect to a server, through its proxy if it has one, and with TLS if it has that."""
    address, proxy = result.address, result.proxy
    reached = _stopwatch(result.seconds)
    where = (proxy.host, proxy.port, str(proxy)) if proxy else (address.host, address.port, "")
    async with connection(*where) as (reader, writer):
        reached("connect")
        if proxy is not None and (address.tls or not address.http):
            await open_tunnel(proxy, address, reader, writer)
            reached("tunnel")
        if address.tls:
            assert context is not None
            await writer.start_tls(context, server_hostname=address.host)
            reached("tls")
        yield reader, writer


async def _ask_for_date(result: Visit, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Ask an HTTP server for its date; servers that do not tell it are as good as others."""
    address, proxy = result.address, result.proxy
    if not address.http:
        return
    host = f"[{address.host}]" if ":" in address.host else address.host
    place = f"{host}:{address.port}"
    direct = proxy is None or address.tls
    target, login = ("/", "") if direct else (f"http://{place}/", proxy.headers if proxy else "")
    request = f"HEAD {target} HTTP/1.1\r\nHost: {place}\r\nUser-Agent: voicebot\r\nConnection: close\r\n"
    loop = asyncio.get_running_loop()
    began = loop.time()
    writer.write(f"{request}{login}\r\n".encode())
    try:
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
        return
    took = loop.time() - began
    now = datetime.now(UTC)
    result.seconds["answer"] = took
    lines = head.decode("latin-1").split("\r\n")
    status = lines[0].split()[1:2]
    if not direct and proxy is not None and status == ["407"]:
        raise refusal(proxy, "407")
    date = next((line.partition(":")[2] for line in lines if line.lower().startswith("date:")), "")
    with suppress(ValueError, TypeError, OverflowError):
        told = parsedate_to_datetime(date.strip()).astimezone(UTC) + _HALF_A_SECOND
        result.ahead = told - (now - timedelta(seconds=took / 2))


def _certificate_of(writer: asyncio.StreamWriter) -> Certificate | None:
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    with suppress(ValueError):
        return read_certificate(der)
    return None


def _stopwatch(seconds: dict[str, float]) -> Callable[[str], None]:
    """Return a function that records how long the stage took that ends now."""
    now = asyncio.get_running_loop().time
    began = now()

    def reached(stage: str) -> None:
        nonlocal began
        seconds[stage] = now() - began
        began = now()

    return reached
