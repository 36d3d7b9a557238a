"""What all chat models here share: a reply streamed by the SDK, asked for again if it fails early."""

from __future__ import annotations

import asyncio
import logging
from abc import abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

from voicebot import ChatEvent, ChatModel, ChatRequest, Message, ReplyEnded, TextDelta, Usage
from voicebot_openai.failures import ChatFailure, explain, failure, quote, raise_failure
from voicebot_openai.options import ChatOptions
from voicebot_openai.request_fields import RequestFields
from voicebot_openai.retries import Retries
from voicebot_openai.thoughts import ThoughtFilter
from voicebot_openai.verdicts import Verdicts

if TYPE_CHECKING:
    from openai import AsyncOpenAI, AsyncStream
    from openai.types.chat import ChatCompletionChunk

logger = logging.getLogger(__name__)

ChatOptionsT = TypeVar("ChatOptionsT", bound=ChatOptions)

_Reason = Literal["stop", "length", "filtered"]
_REASONS: dict[str, _Reason] = {"length": "length", "content_filter": "filtered"}
_AFTERWORD = 1.0
"""Seconds that a server has for its price and its verdict after the last word."""


class StreamingChatModel(ChatModel[ChatOptionsT]):
    """A chat model behind OpenAI's chat completions API; subclasses connect to it in `start`."""

    filtered_prompts_are_replies: ClassVar[bool] = False
    """Whether a prompt that is held back ends the reply as filtered, instead of failing it."""

    def __init__(self, options: ChatOptionsT) -> None:
        super().__init__(options)
        self.model = options.target
        self._client: AsyncOpenAI | None = None
        self._fields = self._first_fields()

    @abstractmethod
    def _first_fields(self) -> RequestFields:
        """Return what to say beside the messages."""

    async def aclose(self) -> None:
        """Close all connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Stream one reply, asking again if the server fails before its first word."""
        retries = Retries(self.options)
        while True:
            begun = False
            try:
                async with aclosing(self._stream(request.messages)) as events:
                    async for event in events:
                        begun = True
                        yield event
                return
            except ChatFailure as error:
                if begun or (wait := retries.wait_after(error)) is None:
                    raise
                logger.info("%s (asking again)", error)
            await asyncio.sleep(wait)

    async def _stream(self, messages: Sequence[Message]) -> AsyncGenerator[ChatEvent, None]:
        import httpx2
        import openai

        thoughts, verdicts = ThoughtFilter(), Verdicts()
        ended: str | None = None
        usage: Usage | None = None
        received = spoken = 0
        try:
            async with await self._ask(messages) as stream:
                await self._check_content_type(stream)
                chunks = aiter(stream)
                while (chunk := await _next(chunks, _AFTERWORD if ended else None)) is not None:
                    text, finish = self._read(chunk, verdicts)
                    received += len(text)
                    if text and (say := thoughts.feed(text)):
                        spoken += len(say)
                        yield TextDelta(say)
                    ended = finish or ended
                    usage = _usage(chunk) or usage
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            if self.filtered_prompts_are_replies and getattr(error, "code", None) == "content_filter":
                logger.info("%s", explain(error, self.options))
                ended = "content_filter"
            if ended is None:
                raise_failure(error, self.options)
            logger.debug("the reply was complete when its stream broke: %s", type(error).__name__)
        if ended is None:
            raise failure(self.options, "ended the reply in the middle", retryable=True, wait=0.0)
        reason: _Reason = _REASONS.get(ended, "stop")
        if reason != "filtered" and (rest := thoughts.finish()):
            yield TextDelta(rest)
        yield ReplyEnded(reason, usage, withdrawn=min(spoken, verdicts.withdrawn(received)))

    async def _connect(self, make: Callable[[], AsyncOpenAI]) -> AsyncOpenAI:
        """Make the client, in a thread since that loads the SDK."""
        try:
            self._client = await asyncio.to_thread(make)
        except Exception as error:  # most often a proxy or certificate file that the environment names
            why = quote(f"{type(error).__name__}: {error}", self.options)
            raise failure(self.options, f"cannot be connected to from here{why}") from error
        return self._client

    async def _ask(self, messages: Sequence[Message], **more: Any) -> AsyncStream[ChatCompletionChunk]:
        import openai

        if self._client is None:
            raise failure(self.options, "is not connected; start the chat model first")
        create: Any = self._client.chat.completions.create  # its overloads forbid `**`
        said = [{"role": message.role, "content": message.content} for message in messages]
        while True:
            fields = self._fields.current()
            # The SDK looks at every message it is given: 0.3 ms each, while the user waits. Not at these.
            chosen: Any = fields.pop("extra_body", None) or {}
            body = {**chosen, "messages": said}
            try:
                stream: AsyncStream[ChatCompletionChunk] = await create(
                    model=self.options.target, messages=[], stream=True, extra_body=body, **fields, **more
                )
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if not self._fields.learn(error):
                    raise
            else:
                return stream

    async def _check_content_type(self, stream: AsyncStream[ChatCompletionChunk]) -> None:
        content_type = stream.response.headers.get("content-type", "")
        if content_type.startswith("text/html"):
            hint = "check `endpoint`" if self.options.is_azure else "`base_url` mostly ends in /v1"
            raise failure(self.options, f"answered with a web page; {hint}")
        if content_type.startswith("application/json"):
            await stream.response.aread()
            said = quote(stream.response.json(), self.options)
            raise failure(self.options, f"did not stream its answer{said}", retryable=True)

    def _read(self, chunk: ChatCompletionChunk, verdicts: Verdicts) -> tuple[str, str | None]:
        """Return a chunk's text and finish reason; most lack one of them, and some have no choice at all."""
        if isinstance(model := getattr(chunk, "model", None), str) and model:
            self._fields.learn_model(model)
        for choice in getattr(chunk, "choices", None) or ():
            verdicts.read(choice)
            text = getattr(getattr(choice, "delta", None), "content", None)
            finish = getattr(choice, "finish_reason", None)
            return (text if isinstance(text, str) else "", finish if isinstance(finish, str) else None)
        return "", None


async def _next(
    chunks: AsyncIterator[ChatCompletionChunk], seconds: float | None
) -> ChatCompletionChunk | None:
    """Return the next chunk, None after the last or when `seconds` have passed without one."""
    try:
        async with asyncio.timeout(seconds):
            return await anext(chunks, None)
    except TimeoutError:
        return None


def _usage(chunk: ChatCompletionChunk) -> Usage | None:
    usage = getattr(chunk, "usage", None)
    counts = getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None)
    match counts:
        case (int(asked), int(answered)):
            return Usage(asked, answered)
        case _:
            return None
