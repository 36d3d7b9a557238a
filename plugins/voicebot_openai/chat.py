"""The `openai` chat model: replies streamed from any server with OpenAI's chat completions API."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing
from functools import partial

from voicebot import ChatRequest, Message
from voicebot_openai.client import make_client
from voicebot_openai.errors.failures import RequestFailure, raise_failure, unknown_model
from voicebot_openai.model_list import list_models, similar_names
from voicebot_openai.options import OpenAIChatOptions
from voicebot_openai.request.fields import OpenAIFields, RequestFields
from voicebot_openai.response.body import read_chunks
from voicebot_openai.retries import LOADING_POLL
from voicebot_openai.streaming import StreamingChatModel

logger = logging.getLogger(__name__)


class OpenAIChatModel(StreamingChatModel[OpenAIChatOptions]):
    """A chat model behind OpenAI's chat completions API."""

    def _make_fields(self) -> RequestFields:
        return OpenAIFields(self.options)

    async def start(self) -> None:
        """Connect, and check that the server exists, accepts the key and has the model."""
        await self.aclose()
        client = await self._connect(partial(make_client, self.options))
        try:
            names = await list_models(client, self.options)
            listed = not names or {self.options.model, f"{self.options.model}:latest"} & names
            # Some lists are incomplete, and llama.cpp accepts any name: try the model before giving up.
            if self.options.preload or not listed:
                await self._load_model(names)
        except BaseException:
            await self.aclose()
            raise

    async def _load_model(self, names: set[str]) -> None:
        """Try the model repeatedly while the server is loading it."""
        notified = False
        while True:
            try:
                await self._try_model(names)
            except RequestFailure as error:
                if not error.loading:
                    raise
                if not notified:
                    logger.warning("%s is loading its model; waiting until it has", self.options.address)
                notified, delay = True, min(error.retry_after or 0.0, LOADING_POLL)
            else:
                return
            await asyncio.sleep(delay)

    async def _try_model(self, names: set[str]) -> None:
        """Request a reply, so that the server loads the model or reports that it has none of that name."""
        import httpx2
        import openai

        # The caller of `start` decides how long loading may take.
        no_timeout = httpx2.Timeout(None, connect=self.options.connect_timeout)
        try:
            async with (
                self._request(ChatRequest((Message("user", "Hello"),)), timeout=no_timeout) as response,
                aclosing(read_chunks(response, self.options)) as chunks,
            ):
                await anext(chunks, None)
        except openai.NotFoundError as error:
            if not names:
                raise_failure(error, self.options)
            raise unknown_model(self.options, similar_names(self.options.model, names)) from None
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            raise_failure(error, self.options)
