"""The `azure-openai` chat model: replies streamed from a deployment in Azure OpenAI."""

from __future__ import annotations

import logging
from functools import partial

from voicebot_openai.azure_options import AzureChatOptions
from voicebot_openai.client import make_azure_client
from voicebot_openai.entra import EntraToken
from voicebot_openai.errors.failures import explain, raise_failure
from voicebot_openai.request.fields import AzureFields, RequestFields
from voicebot_openai.streaming import StreamingChatModel

logger = logging.getLogger(__name__)

_CHECK_TIMEOUT = 3.0
"""Seconds for the request that checks the server at start."""


class AzureChatModel(StreamingChatModel[AzureChatOptions]):
    """A chat model deployed in Azure OpenAI."""

    filtered_prompts_are_replies = True  # otherwise the question would stay in the history, always blocked

    def __init__(self, options: AzureChatOptions) -> None:
        super().__init__(options)
        self._token: EntraToken | None = None

    def _make_fields(self) -> RequestFields:
        return AzureFields(self.options)

    async def start(self) -> None:
        """Connect, and check that the resource exists, accepts the credentials and has the deployment."""
        await self.aclose()
        try:
            if self.options.entra:
                self._token = EntraToken(self.options)
                await self._token.start()
            await self._connect(partial(make_azure_client, self.options, self._token))
            await self._check()
        except BaseException:
            await self.aclose()
            raise

    async def aclose(self) -> None:
        """Close all connections."""
        token, self._token = self._token, None
        try:
            await super().aclose()
        finally:
            if token is not None:
                await token.aclose()

    async def _check(self) -> None:
        """Open the connection that the first reply will use, with a request that costs nothing.

        Deployments cannot be listed. A request without messages is always rejected, but only after the
        service has checked the key and found the deployment.
        """
        import httpx2
        import openai

        assert self._client is not None
        seconds = min(_CHECK_TIMEOUT, self.options.timeout)
        timeout = httpx2.Timeout(seconds, connect=self.options.connect_timeout)
        try:
            await self._client.chat.completions.create(
                model=self.options.target, messages=[], timeout=timeout
            )
        except (openai.BadRequestError, openai.UnprocessableEntityError):
            pass
        except openai.APITimeoutError as error:
            if isinstance(error.__cause__, httpx2.ConnectTimeout):
                raise_failure(error, self.options)
            logger.warning("%s is slow: no answer in %g s", self.options.address, seconds)
        except (openai.RateLimitError, openai.InternalServerError) as error:
            logger.warning("%s", explain(error, self.options))  # it may have recovered by the first reply
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            raise_failure(error, self.options)
