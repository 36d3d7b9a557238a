"""The SDK's clients, set up for conversation: short timeouts, no retries, long-lived connections."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from voicebot_openai.errors.failures import failure, quote
from voicebot_openai.server import OPENAI_HOST, Connection

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

_NO_KEY = "none"  # the SDK requires a key; servers without keys ignore it
_KEEPALIVE = 120.0
"""Seconds to keep idle connections open: users pause for longer than the default of 5, and a new TLS
connection takes 100 ms."""
_RETRIES = 0  # the SDK would wait for up to a minute; `voicebot_openai.retries` retries instead


def make_client(options: Connection) -> AsyncOpenAI:
    """Import the SDK and return a client. Takes about a second, so call it in a thread."""
    from openai import AsyncOpenAI

    client = AsyncOpenAI(
        api_key=options.key or _NO_KEY,
        base_url=options.url,
        max_retries=_RETRIES,
        http_client=_http_client(options),
    )
    if options.host != OPENAI_HOST:
        _forget_environment(client)
    return client


def make_azure_client(options: Connection, token: Callable[[], Awaitable[str]] | None) -> AsyncOpenAI:
    """Import the SDK and return a client. Takes about a second, so call it in a thread.

    Args:
        token: returns an Entra ID access token, if there is no key.
    """
    from openai import AsyncAzureOpenAI, AsyncOpenAI

    client: AsyncOpenAI
    if options.version is None:
        client = AsyncOpenAI(
            api_key=token or options.key or _NO_KEY,
            base_url=f"{options.url}/openai/v1/",
            max_retries=_RETRIES,
            http_client=_http_client(options),
        )
    else:
        client = azure = AsyncAzureOpenAI(
            api_key=options.key or (None if token else _NO_KEY),
            azure_ad_token_provider=token,
            azure_endpoint=options.url,
            api_version=options.version,
            max_retries=_RETRIES,
            http_client=_http_client(options),
        )
        azure._azure_ad_token = None  # the SDK may have read one from the environment, and would prefer it
    _forget_environment(client)
    return client


async def open_client(make: Callable[[], AsyncOpenAI], options: Connection) -> AsyncOpenAI:
    """Make a client, in a thread because that loads the SDK.

    Raises:
        RequestFailure: it cannot be made.
    """
    try:
        return await asyncio.to_thread(make)
    except Exception as error:  # usually a proxy or certificate file named in the environment
        cause = quote(f"{type(error).__name__}: {error}", options)
        if isinstance(error, OSError):  # includes SSL errors
            cause += "; check SSL_CERT_FILE and SSL_CERT_DIR in the environment"
        raise failure(options, f"cannot be reached from this machine{cause}") from error


def _http_client(options: Connection) -> httpx2.AsyncClient:
    import httpx2
    from openai import DefaultAsyncHttpxClient

    timeout = httpx2.Timeout(options.timeout, connect=options.connect_timeout)
    limits = httpx2.Limits(keepalive_expiry=_KEEPALIVE)
    transport = None
    if options.is_local:  # use the certificates named in the environment, but not its proxies
        encrypted = options.url.startswith("https:")
        transport = httpx2.AsyncHTTPTransport(trust_env=encrypted, limits=limits)
    return DefaultAsyncHttpxClient(
        timeout=timeout,
        limits=limits,
        transport=transport,
        trust_env=transport is None,
        event_hooks={"request": [_AddHeaders(options)]} if options.headers else {},
    )


class _AddHeaders:
    """Adds the configured headers to requests below the SDK, which would log them."""

    def __init__(self, options: Connection) -> None:
        import httpx2

        self._origin = _origin(httpx2.URL(options.url))
        self._headers = {name: value.get_secret_value() for name, value in options.headers.items()}
        self._replaces_key = not options.key and not options.signs_in

    async def __call__(self, request: httpx2.Request) -> None:
        if self._replaces_key:
            for name in ("Authorization", "api-key"):
                request.headers.pop(name, None)
        if _origin(request.url) == self._origin:
            request.headers.update(self._headers)
        else:  # redirected to another server
            for name in self._headers:
                request.headers.pop(name, None)


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _forget_environment(client: AsyncOpenAI) -> None:
    """Forget the organisation and project for openai.com, which the SDK would send to every server."""
    client.organization = client.project = None
