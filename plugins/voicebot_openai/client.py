"""The SDK's clients, set up for conversation: short timeouts, no retries, long-lived connections."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from voicebot_openai.azure_options import AzureChatOptions
from voicebot_openai.options import OPENAI_HOST, ChatOptions, OpenAIChatOptions

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

_NO_KEY = "none"  # the SDK requires a key; servers without keys ignore it
_KEEPALIVE = 120.0
"""Seconds to keep idle connections open: users pause for longer than the default of 5, and a new TLS
connection takes 100 ms."""
_RETRIES = 0  # the SDK would wait for up to a minute; `voicebot_openai.retries` retries instead


def make_client(options: OpenAIChatOptions) -> AsyncOpenAI:
    """Import the SDK and return a client. Takes about a second, so call it in a thread."""
    from openai import AsyncOpenAI

    client = AsyncOpenAI(
        api_key=options.key or _NO_KEY,
        base_url=options.base_url,
        max_retries=_RETRIES,
        http_client=_http_client(options),
    )
    if options.host != OPENAI_HOST:
        _forget_environment(client)
    return _ready(client)


def make_azure_client(options: AzureChatOptions, token: Callable[[], Awaitable[str]] | None) -> AsyncOpenAI:
    """Import the SDK and return a client. Takes about a second, so call it in a thread.

    Args:
        token: returns an Entra ID access token, if there is no key.
    """
    from openai import AsyncAzureOpenAI, AsyncOpenAI

    client: AsyncOpenAI
    if options.api_version is None:
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
            api_version=options.api_version,
            max_retries=_RETRIES,
            http_client=_http_client(options),
        )
        azure._azure_ad_token = None  # the SDK may have read one from the environment, and would prefer it
    _forget_environment(client)
    return _ready(client)


def _http_client(options: ChatOptions) -> httpx2.AsyncClient:
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

    def __init__(self, options: ChatOptions) -> None:
        import httpx2

        self._origin = _origin(httpx2.URL(options.url))
        self._headers = {name: value.get_secret_value().strip() for name, value in options.headers.items()}
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


def _ready(client: AsyncOpenAI) -> AsyncOpenAI:
    _ = client.chat.completions  # imported by the SDK when first touched
    return client
