"""The `openai` chat model: replies streamed from any server with OpenAI's chat completions API."""

from __future__ import annotations

import asyncio
import difflib
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Literal

from voicebot import ChatEvent, ChatModel, ChatRequest, Message, ReplyEnded, TextDelta, Usage
from voicebot_openai.client import make_client
from voicebot_openai.failures import ChatFailure, failure, quote, raise_failure, unknown_model
from voicebot_openai.options import OpenAIChatOptions
from voicebot_openai.thoughts import ThoughtFilter

if TYPE_CHECKING:
    from openai import AsyncOpenAI, AsyncStream
    from openai.types.chat import ChatCompletionChunk

logger = logging.getLogger(__name__)

_GREETING_TIMEOUT = 3.0
_REASONS: dict[str, Literal["length", "filtered"]] = {"length": "length", "content_filter": "filtered"}


class OpenAIChatModel(ChatModel[OpenAIChatOptions]):
    """A chat model behind OpenAI's chat completions API."""

    def __init__(self, options: OpenAIChatOptions) -> None:
        super().__init__(options)
        self._client: AsyncOpenAI | None = None
        self._asks_for_usage = True

    async def start(self) -> None:
        """Connect, and see that the server is there, knows the key and has the model."""
        try:
            self._client = await asyncio.to_thread(make_client, self.options)
        except Exception as error:  # most often a proxy or certificate file that the environment names
            why = quote(f"{type(error).__name__}: {error}", self.options)
            raise failure(self.options, f"cannot be connected to from here{why}") from error
        try:
            names = await self._model_names(self._client)
            listed = not names or {self.options.model, f"{self.options.model}:latest"} & names
            # Not every list is complete, and llama.cpp answers to any name: ask before refusing.
            if self.options.preload or not listed:
                await self._try_model(names)
        except BaseException:
            await self.aclose()
            raise

    async def aclose(self) -> None:
        """Close all connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Stream one reply, asking again if the server fails before its first word."""
        retries = self.options.max_retries
        while True:
            begun = False
            try:
                async with aclosing(self._stream(request.messages)) as events:
                    async for event in events:
                        begun = True
                        yield event
                return
            except ChatFailure as error:
                if begun or not retries or error.wait is None:
                    raise
                logger.info("%s (asking again)", error)
                wait = error.wait
            retries -= 1
            await asyncio.sleep(wait)

    async def _stream(self, messages: Sequence[Message]) -> AsyncGenerator[ChatEvent, None]:
        import httpx2
        import openai

        thoughts = ThoughtFilter()
        ended: str | None = None
        usage: Usage | None = None
        try:
            async with await self._ask(messages) as stream:
                await self._check_content_type(stream)
                async for chunk in stream:
                    text, finish = _read(chunk)
                    if text and (spoken := thoughts.feed(text)):
                        yield TextDelta(spoken)
                    ended = finish or ended
                    usage = _usage(chunk) or usage
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            if ended is None:
                raise_failure(error, self.options)
            logger.debug("the reply was complete when its stream broke: %s", type(error).__name__)
        if ended is None:
            raise failure(self.options, "ended the reply in the middle", retryable=True, wait=0.0)
        if rest := thoughts.finish():
            yield TextDelta(rest)
        yield ReplyEnded(_REASONS.get(ended, "stop"), usage)

    async def _ask(self, messages: Sequence[Message], **more: Any) -> AsyncStream[ChatCompletionChunk]:
        import openai

        if self._client is None:
            raise failure(self.options, "is not connected; start the chat model first")
        create: Any = self._client.chat.completions.create  # its overloads forbid `**`
        while True:
            try:
                stream: AsyncStream[ChatCompletionChunk] = await create(
                    model=self.options.model,
                    messages=[{"role": message.role, "content": message.content} for message in messages],
                    stream=True,
                    **self.options.request_fields,
                    **({"stream_options": {"include_usage": True}} if self._asks_for_usage else {}),
                    **more,
                )
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                # Mistral and others refuse what they do not know; the reply matters more than its price.
                if not self._asks_for_usage or not any(
                    name in f"{error.message} {error.body}" for name in ("stream_options", "include_usage")
                ):
                    raise
                self._asks_for_usage = False
            else:
                return stream

    async def _check_content_type(self, stream: AsyncStream[ChatCompletionChunk]) -> None:
        content_type = stream.response.headers.get("content-type", "")
        if content_type.startswith("text/html"):
            raise failure(self.options, "answered with a web page; `base_url` mostly ends in /v1")
        if content_type.startswith("application/json"):
            await stream.response.aread()
            said = quote(stream.response.json(), self.options)
            raise failure(self.options, f"did not stream its answer{said}", retryable=True)

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

    async def _try_model(self, names: set[str]) -> None:
        """Begin a reply, so that the model is loaded, or known not to be there."""
        import httpx2
        import openai

        # Loading takes as long as it takes; whoever starts us decides how long that may be.
        patient = httpx2.Timeout(None, connect=self.options.connect_timeout)
        try:
            async with await self._ask([Message("user", "Hello")], timeout=patient) as stream:
                await self._check_content_type(stream)
                await anext(aiter(stream), None)
        except openai.NotFoundError as error:
            if not names:
                raise_failure(error, self.options)
            near = difflib.get_close_matches(self.options.model, sorted(names), n=3, cutoff=0.4)
            raise unknown_model(self.options, near or sorted(names)[:3]) from None
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            raise_failure(error, self.options)


def _read(chunk: ChatCompletionChunk) -> tuple[str, str | None]:
    """Return a chunk's text and finish reason; most lack one of them, and some have no choice at all."""
    for choice in getattr(chunk, "choices", None) or ():
        text = getattr(getattr(choice, "delta", None), "content", None)
        finish = getattr(choice, "finish_reason", None)
        return (text if isinstance(text, str) else "", finish if isinstance(finish, str) else None)
    return "", None


def _usage(chunk: ChatCompletionChunk) -> Usage | None:
    usage = getattr(chunk, "usage", None)
    counts = getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None)
    match counts:
        case (int(asked), int(answered)):
            return Usage(asked, answered)
        case _:
            return None
