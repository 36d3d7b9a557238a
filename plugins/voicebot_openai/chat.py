"""The `openai` chat model: replies streamed from any server with OpenAI's chat completions API."""

from __future__ import annotations

import asyncio
import difflib
import logging
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING

from voicebot import Message
from voicebot_openai.client import make_client
from voicebot_openai.errors.failures import ChatFailure, quote, raise_failure, unknown_model
from voicebot_openai.options import OpenAIChatOptions
from voicebot_openai.request_fields import OpenAIFields, RequestFields
from voicebot_openai.response.body import answers
from voicebot_openai.retries import LOOK_AGAIN
from voicebot_openai.streaming import StreamingChatModel

if TYPE_CHECKING:
    from openai import AsyncOpenAI

logger = logging.getLogger(__name__)

_GREETING_TIMEOUT = 3.0


class OpenAIChatModel(StreamingChatModel[OpenAIChatOptions]):
    """A chat model behind OpenAI's chat completions API."""

    def _first_fields(self) -> RequestFields:
        return OpenAIFields(self.options)

    async def start(self) -> None:
        """Connect, and see that the server is there, knows the key and has the model."""
        await self.aclose()
        client = await self._connect(partial(make_client, self.options))
        try:
            names = await self._model_names(client)
            listed = not names or {self.options.model, f"{self.options.model}:latest"} & names
            # Not every list is complete, and llama.cpp answers to any name: ask before refusing.
            if self.options.preload or not listed:
                await self._load_model(names)
        except BaseException:
            await self.aclose()
            raise

    async def _model_names(self, client: AsyncOpenAI) -> set[str]:
        """Ask for the server's models, which opens the connection that the first reply will use."""
        import httpx2
        import openai

        timeout = min(_GREETING_TIMEOUT, self.options.timeout)
        try:
            # Not `client.models.list`, which stumbles over servers whose list is no list.
            response = await client.get("/models", cast_to=httpx2.Response, options={"timeout": timeout})
            body = response.json()
        except openai.APITimeoutError:
            logger.warning("%s is slow: no answer in %g s", self.options.address, timeout)
        except openai.APIConnectionError as error:
            raise_failure(error, self.options)
        except openai.AuthenticationError as error:
            # A restricted key may chat although it may not list models.
            if "scope" not in quote(error.body, self.options):
                raise_failure(error, self.options)
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            logger.debug("%s does not list its models: %s", self.options.address, type(error).__name__)
        else:
            models = body.get("data") if isinstance(body, dict) else None
            if isinstance(models, list):
                return {str(model["id"]) for model in models if isinstance(model, dict) and "id" in model}
        return set()

    async def _load_model(self, names: set[str]) -> None:
        """Try the model again and again while the server says that it is loading it."""
        told = False
        while True:
            try:
                await self._try_model(names)
            except ChatFailure as error:
                if not error.loading:
                    raise
                if not told:
                    logger.warning("%s is loading its model; waiting for that", self.options.address)
                told, wait = True, min(error.wait or 0.0, LOOK_AGAIN)
            else:
                return
            await asyncio.sleep(wait)

    async def _try_model(self, names: set[str]) -> None:
        """Begin a reply, so that the model is loaded, or known not to be there."""
        import httpx2
        import openai

        # Loading takes as long as it takes; whoever starts us decides how long that may be.
        patient = httpx2.Timeout(None, connect=self.options.connect_timeout)
        try:
            async with (
                self._ask([Message("user", "Hello")], timeout=patient) as response,
                aclosing(answers(response, self.options)) as pieces,
            ):
                await anext(pieces, None)
        except openai.NotFoundError as error:
            if not names:
                raise_failure(error, self.options)
            near = difflib.get_close_matches(self.options.model, sorted(names), n=3, cutoff=0.4)
            raise unknown_model(self.options, near or sorted(names)[:3]) from None
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            raise_failure(error, self.options)
