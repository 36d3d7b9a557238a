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
            api_key=token or options.key,
            base_url=f"{options.url}/openai/v1/",
            max_retries=_RETRIES,
            http_client=_http_client(options),
        )
    else:
        client = azure = AsyncAzureOpenAI(
            api_key=options.key or None,
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

    return DefaultAsyncHttpxClient(
        timeout=httpx2.Timeout(options.timeout, connect=options.connect_timeout),
        limits=httpx2.Limits(keepalive_expiry=_IDLE),
        trust_env=not options.is_local,  # a proxy for the world cannot reach this machine's servers
    )


def _forget_environment(client: AsyncOpenAI) -> None:
    """Forget what the SDK takes from the environment for openai.com, and would tell to everyone."""
    client.organization = client.project = None


def _ready(client: AsyncOpenAI) -> AsyncOpenAI:
    _ = client.chat.completions  # imported by the SDK when first touched
    return client
