"""The HTTP client, made for conversation: quick to give up, and connected before it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot_openai.options import OPENAI_HOST, OpenAIChatOptions

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_NO_KEY = "none"  # the SDK insists on a key, servers without keys ignore it
_IDLE = 120.0  # seconds; users pause for longer than the usual 5, and a new TLS connection costs 100 ms


def make_client(options: OpenAIChatOptions) -> AsyncOpenAI:
    """Import the SDK and return a client; takes about a second, so call it in a thread."""
    import httpx2
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient

    client = AsyncOpenAI(
        api_key=options.key or _NO_KEY,
        base_url=options.base_url,
        max_retries=0,  # the SDK would wait a minute if the server asked it to; see OpenAIChatModel.reply
        http_client=DefaultAsyncHttpxClient(
            timeout=httpx2.Timeout(options.timeout, connect=options.connect_timeout),
            limits=httpx2.Limits(keepalive_expiry=_IDLE),
            trust_env=not options.is_local,  # a proxy for the world cannot reach this machine's servers
        ),
    )
    if options.host != OPENAI_HOST:
        # The SDK takes these from the environment, and would tell them to everyone.
        client.organization = client.project = None
    _ = client.chat.completions  # imported by the SDK when first touched
    return client
