"""The connection of a voice or a recogniser to its server, from `start` to `aclose`."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from voicebot_openai.client import make_azure_client, make_client, open_client
from voicebot_openai.entra import EntraToken
from voicebot_openai.errors.failures import explain, failure, raise_failure, unknown_model
from voicebot_openai.model_list import list_models, similar_names
from voicebot_openai.speech.server import SpeechOptions

if TYPE_CHECKING:
    from openai import AsyncOpenAI

logger = logging.getLogger(__name__)

CHECK_TIMEOUT = 3.0
"""Seconds for the request that checks the server at start."""


class SpeechConnection:
    """The SDK's client of one provider.

    Args:
        load: touches what the provider uses of the client; the SDK imports it then.
    """

    def __init__(self, options: SpeechOptions, load: Callable[[AsyncOpenAI], object]) -> None:
        self._options = options
        self._load = load
        self._token: EntraToken | None = None
        self._client: AsyncOpenAI | None = None

    @property
    def client(self) -> AsyncOpenAI:
        """The client; raises `RequestFailure` if there is none."""
        if self._client is None:
            raise failure(self._options, "is not connected: it was not started, or was closed")
        return self._client

    async def start(self, probe: Callable[[], Awaitable[None]], *, lists_models: bool) -> None:
        """Load the SDK, connect, and check that the server accepts the key and has the model.

        Args:
            probe: sends a request that costs next to nothing; an answer of 400 or 422 counts as a success.
            lists_models: whether the server's list of models can make the probe unnecessary.

        Raises:
            RequestFailure: the server cannot be reached, or refuses.
        """
        await self.aclose()
        try:
            if self._options.signs_in:
                self._token = EntraToken(self._options)
                await self._token.start()
            self._client = await open_client(self._make, self._options)
            names: set[str] = set()
            if lists_models and not self._options.is_azure:
                names = await list_models(self._client, self._options)
                if self._options.target in names:
                    return
            await self._check(probe, names)
        except BaseException:
            await self.aclose()
            raise

    async def aclose(self) -> None:
        """Close all connections."""
        client, self._client = self._client, None
        token, self._token = self._token, None
        try:
            if client is not None:
                await client.close()
        finally:
            if token is not None:
                await token.aclose()

    def _make(self) -> AsyncOpenAI:
        options = self._options
        client = make_azure_client(options, self._token) if options.is_azure else make_client(options)
        self._load(client)
        return client

    async def _check(self, probe: Callable[[], Awaitable[None]], names: set[str]) -> None:
        import httpx2
        import openai

        try:
            await probe()
        except openai.NotFoundError as error:
            if names:
                found = similar_names(self._options.target, names)
                raise unknown_model(self._options, found) from None
            raise_failure(error, self._options)
        except (openai.BadRequestError, openai.UnprocessableEntityError):
            pass
        except openai.APITimeoutError as error:
            if isinstance(error.__cause__, httpx2.ConnectTimeout):
                raise_failure(error, self._options)
            logger.warning("%s is slow: no answer in %g s", self._options.address, CHECK_TIMEOUT)
        except (openai.RateLimitError, openai.InternalServerError) as error:
            # Azure may have recovered when it is needed; other servers fail at a request without content.
            level = logging.WARNING if self._options.is_hosted else logging.DEBUG
            logger.log(level, "%s", explain(error, self._options))
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            raise_failure(error, self._options)
