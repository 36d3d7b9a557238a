"""The HTTP clients, made for conversation: quick to give up, and connected before they are needed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from voicebot_openai.azure_options import AzureChatOptions
from voicebot_openai.options import OPENAI_HOST, ChatOptions, OpenAIChatOptions

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

_NO_KEY = "none"  # the SDK insists on a key, servers without keys ignore it
_IDLE = 120.0  # seconds; users pause for longer than the usual 5, and a new TLS connection costs 100 ms
_RETRIES = 0  # the SDK would wait a minute if the server asked it to; see `Retries`


def make_client(options: OpenAIChatOptions) -> AsyncOpenAI:
    """Import the SDK and return a client; takes about a second, so call it in a thread."""
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
    """Import the SDK and return a client; takes about a second, so call it in a thread.

    Args:
        token: gives a token of Entra ID, where there is no key.
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
        azure._azure_ad_token = None  # it may be from the environment, and would go before the key
    _forget_environment(client)
    return _ready(client)


def _http_client(options: ChatOptions) -> httpx2.AsyncClient:
    import httpx2
    from openai import DefaultAsyncHttpxClient

    timeout = httpx2.Timeout(options.timeout, connect=options.connect_timeout)
    limits = httpx2.Limits(keepalive_expiry=_IDLE)
    transport = None
    if options.is_local:  # no proxy of the environment reaches this machine, but its certificates count
        encrypted = options.url.startswith("https:")
        transport = httpx2.AsyncHTTPTransport(trust_env=encrypted, limits=limits)
    return DefaultAsyncHttpxClient(
        timeout=timeout,
        limits=limits,
        transport=transport,
        trust_env=transport is None,
        event_hooks={"request": [_HeadersOf(options)]} if options.headers else {},
    )


class _HeadersOf:
    """Adds the headers of options to requests where the SDK, which logs much, does not see them."""

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
        else:  # redirected to somebody else
            for name in self._headers:
                request.headers.pop(name, None)


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _forget_environment(client: AsyncOpenAI) -> None:
    """Forget what the SDK takes from the environment for openai.com, and would tell to everyone."""
    client.organization = client.project = None


def _ready(client: AsyncOpenAI) -> AsyncOpenAI:
    _ = client.chat.completions  # imported by the SDK when first touched
    return client
