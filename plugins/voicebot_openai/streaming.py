"""What the chat models have in common: streaming a reply through the SDK, with retries."""

from __future__ import annotations

import asyncio
import logging
from abc import abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from voicebot import ChatEvent, ChatModel, ChatRequest, Message, Notice, ReplyEnded, TextDelta, Usage
from voicebot_openai.client import open_client
from voicebot_openai.errors.failures import RequestFailure, explain, failure, raise_failure
from voicebot_openai.options import ChatOptions
from voicebot_openai.request_fields import RequestFields
from voicebot_openai.response.body import read_chunks
from voicebot_openai.response.chunks import CompletionChunk
from voicebot_openai.response.content_filter import FilterResults
from voicebot_openai.response.finish import FinishTracker
from voicebot_openai.retries import Retries
from voicebot_openai.text.reply_text import ReplyText

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

logger = logging.getLogger(__name__)

ChatOptionsT = TypeVar("ChatOptionsT", bound=ChatOptions)


class StreamingChatModel(ChatModel[ChatOptionsT]):
    """A chat model behind OpenAI's chat completions API; subclasses connect to it in `start`."""

    filtered_prompts_are_replies: ClassVar[bool] = False
    """Whether a prompt that the content filter blocks ends the reply as filtered, instead of failing."""

    def __init__(self, options: ChatOptionsT) -> None:
        super().__init__(options)
        self.model = options.target
        self._client: AsyncOpenAI | None = None
        self._fields = self._make_fields()
        self._begins_inside = False
        """Whether replies begin with reasoning of which only the end is marked, judging by the last one."""

    @abstractmethod
    def _make_fields(self) -> RequestFields:
        """Return the fields of requests other than the messages."""

    async def aclose(self) -> None:
        """Close all connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Stream one reply, asking again if the server fails before its first word."""
        retries = Retries(self.options)
        notified = False
        while True:
            begun = False
            try:
                async with aclosing(self._stream(request.messages)) as events:
                    async for event in events:
                        begun = True
                        yield event
                return
            except RequestFailure as error:
                if begun or (delay := retries.delay_after(error)) is None:
                    raise
                logger.info("%s (retrying)", error)
                loading = error.loading
            if loading and not notified:
                notified = True
                yield Notice(f"{self.options.address} is loading its model; the reply will follow")
            await asyncio.sleep(delay)

    async def _stream(self, messages: Sequence[Message]) -> AsyncGenerator[ChatEvent, None]:
        import httpx2
        import openai

        text = ReplyText(begins_inside=self.options.begins_in_thought or self._begins_inside)
        filter_results, finish = FilterResults(), FinishTracker()
        usage: Usage | None = None
        closed: Exception | None = None
        try:
            async with (
                self._request(messages) as response,
                aclosing(read_chunks(response, self.options)) as chunks,
            ):
                while (chunk := await _next(chunks, finish.timeout)) is not None:
                    self._fields.set_model(chunk.model)
                    filter_results.read(chunk.choice)
                    spoken = text.feed(chunk.text, has_reasoning=chunk.has_reasoning)
                    finish.read(chunk, spoken)
                    usage = chunk.usage or usage
                    if spoken:
                        yield TextDelta(spoken)
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            if self.filtered_prompts_are_replies and getattr(error, "code", None) == "content_filter":
                logger.info("%s", explain(error, self.options))
                finish.finish_reason = "content_filter"
            if isinstance(error, httpx2.RemoteProtocolError | httpx2.ReadError):
                closed = error
            elif not finish.certain and (isinstance(error, openai.APIError) or not finish.reported):
                raise_failure(error, self.options)
            logger.debug("the stream broke, possibly at its end: %s", type(error).__name__)
        rest = "" if finish.reason == "filtered" else text.finish(truncated=finish.reason == "length")
        finish.read(CompletionChunk(), rest)
        if closed is not None and (finish.incomplete or not finish.reported):
            raise_failure(closed, self.options)
        if finish.incomplete:
            raise failure(self.options, "ended the reply in the middle", retryable=True, retry_after=0.0)
        if rest:
            yield TextDelta(rest)
        if finish.reason != "filtered":
            self._begins_inside = text.begins_inside
            if text.only_reasoning:
                raise self._no_reply_failure(finish)
        withdrawn = min(text.spoken, filter_results.withdrawn(text.received))
        yield ReplyEnded(finish.reason, usage, withdrawn=withdrawn)

    async def _connect(self, make: Callable[[], AsyncOpenAI]) -> AsyncOpenAI:
        """Make the client, which loads the SDK."""

        def make_ready() -> AsyncOpenAI:
            client = make()
            _ = client.chat.completions  # imported by the SDK when first touched
            return client

        self._client = await open_client(make_ready, self.options)
        return self._client

    @asynccontextmanager
    async def _request(
        self, messages: Sequence[Message], **arguments: Any
    ) -> AsyncGenerator[httpx2.Response, None]:
        """Request a reply and yield the response before its body is read.

        The SDK's own reader does not accept everything that is valid, and takes five times as long per chunk.
        """
        import openai

        if self._client is None:
            raise failure(self.options, "is not connected: it was not started, or was closed")
        create: Any = self._client.chat.completions.with_streaming_response.create
        as_sent = _as_sent(messages, system_role=self.options.system_role)
        while True:
            fields = self._fields.current()
            # The SDK validates each of its `messages`, which takes 0.3 ms each, but not `extra_body`.
            extra_body: Any = fields.pop("extra_body", None) or {}
            body = {**extra_body, "messages": as_sent}
            async with AsyncExitStack() as stack:
                request = create(
                    model=self.options.target,
                    messages=[],
                    stream=True,
                    extra_body=body,
                    **fields,
                    **arguments,
                )
                try:
                    response = await stack.enter_async_context(request)
                except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                    if not self._fields.leave_out_rejected(error):
                        raise
                    continue
                yield response.http_response
                return

    def _no_reply_failure(self, finish: FinishTracker) -> RequestFailure:
        problem = "sent reasoning but no reply; lower `reasoning_effort`, or use a model that thinks less"
        if finish.reason == "length":
            problem = (
                "used up the length of its reply for reasoning; raise `max_tokens`, or lower "
                "`reasoning_effort`"
            )
        return failure(self.options, problem, retryable=True)


def _as_sent(messages: Sequence[Message], *, system_role: str) -> list[dict[str, str]]:
    """Return messages in the form of the API, with the system message in the first question if necessary."""
    if system_role == "user" and messages and messages[0].role == "system":
        system, *others = messages
        if others and others[0].role == "user":
            system = Message("user", f"{system.content}\n\n{others.pop(0).content}")
        messages = [Message("user", system.content), *others]
    return [{"role": message.role, "content": message.content} for message in messages]


async def _next(chunks: AsyncIterator[CompletionChunk], timeout: float | None) -> CompletionChunk | None:
    """Return the next chunk, None after the last one or if none arrives within `timeout` seconds."""
    try:
        async with asyncio.timeout(timeout):
            return await anext(chunks, None)
    except TimeoutError:
        return None
