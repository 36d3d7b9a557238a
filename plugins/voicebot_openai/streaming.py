"""What the chat models have in common: streaming a reply through the SDK, with retries."""

from __future__ import annotations

import asyncio
import logging
from abc import abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from voicebot import ChatEvent, ChatModel, ChatRequest, Notice, ReplyEnded, TextDelta, ToolCall, Usage
from voicebot_openai.client import open_client
from voicebot_openai.errors.failures import RequestFailure, explain, failure, raise_failure
from voicebot_openai.options import ChatOptions
from voicebot_openai.request.fields import RequestFields
from voicebot_openai.request.messages import RequestMessages
from voicebot_openai.request.tools import RequestTools
from voicebot_openai.response.body import read_chunks
from voicebot_openai.response.calls import CallCollector
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
_ONLY_WITH_TOOLS = ("tool_choice", "parallel_tool_calls")
"""Fields of `extra_body` that OpenAI rejects if no tools are offered."""


class StreamingChatModel(ChatModel[ChatOptionsT]):
    """A chat model behind OpenAI's chat completions API; subclasses connect to it in `start`."""

    filtered_prompts_are_replies: ClassVar[bool] = False
    """Whether a prompt that the content filter blocks ends the reply as filtered, instead of failing."""

    def __init__(self, options: ChatOptionsT) -> None:
        super().__init__(options)
        self.model = options.target
        self._client: AsyncOpenAI | None = None
        self._fields = self._make_fields()
        self._messages = RequestMessages(options.system_role)
        self._tools = RequestTools()
        self._begins_inside = False
        """Whether replies begin with reasoning of which only the end is marked, judging by the last one."""

    @abstractmethod
    def _make_fields(self) -> RequestFields:
        """Return the fields of requests other than messages and tools."""

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
                async with aclosing(self._stream(request)) as events:
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

    async def _stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        import httpx2
        import openai

        text = ReplyText(begins_inside=self.options.begins_in_thought or self._begins_inside)
        filter_results, finish, calls = FilterResults(), FinishTracker(), CallCollector()
        usage: Usage | None = None
        closed: Exception | None = None
        try:
            async with (
                self._request(request) as response,
                aclosing(read_chunks(response, self.options)) as chunks,
            ):
                while (chunk := await _next(chunks, finish.timeout)) is not None:
                    self._fields.set_model(chunk.model)
                    filter_results.read(chunk.choice)
                    spoken = text.feed(chunk.text, has_reasoning=chunk.has_reasoning)
                    calls.add(chunk.calls)
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
        finish.read(CompletionChunk(), rest, calls_are_whole=calls.are_whole if calls else None)
        if closed is not None and (finish.incomplete or not finish.reported):
            raise_failure(closed, self.options)
        if finish.incomplete:
            raise failure(self.options, "ended the reply in the middle", retryable=True, retry_after=0.0)
        if rest:
            yield TextDelta(rest)
        withdrawn = min(text.spoken, filter_results.withdrawn(text.received))
        called: list[ToolCall] = []
        if finish.reason != "filtered":
            self._begins_inside = text.begins_inside
            called = self._called(calls, finish, request)
            if not called:
                self._check_reply(text, finish, calls)
        for call in called:
            yield call
        yield ReplyEnded("calls" if called else finish.reason, usage, withdrawn=withdrawn)

    def _called(self, calls: CallCollector, finish: FinishTracker, request: ChatRequest) -> list[ToolCall]:
        """Return the calls of a reply; it calls all of them at its end, and none if it breaks off."""
        if not calls or not request.tools:
            return []
        if finish.reason == "length" and not calls.are_whole:
            problem = "reached the maximum length of a reply in the middle of a tool call; raise `max_tokens`"
            raise failure(self.options, problem)
        names = {tool.name for tool in request.tools}
        used = {call.id for message in request.messages for call in message.calls}
        called = list(calls.calls(names, used))
        for call, extra in called:
            if extra is not None:
                self._messages.remember(call.id, extra)
        return [call for call, _ in called]

    async def _connect(self, make: Callable[[], AsyncOpenAI]) -> AsyncOpenAI:
        """Make the client, which loads the SDK."""

        def make_ready() -> AsyncOpenAI:
            client = make()
            _ = client.chat.completions  # imported by the SDK when first touched
            return client

        self._client = await open_client(make_ready, self.options)
        return self._client

    @asynccontextmanager
    async def _request(self, request: ChatRequest, **arguments: Any) -> AsyncGenerator[httpx2.Response, None]:
        """Request a reply and yield the response before its body is read.

        The SDK's own reader does not accept everything that is valid, and takes five times as long per chunk.
        """
        import openai

        if self._client is None:
            raise failure(self.options, "is not connected: it was not started, or was closed")
        create: Any = self._client.chat.completions.with_streaming_response.create
        with_tools = bool(request.tools)
        while True:
            fields = self._fields.current(with_tools=with_tools)
            # The SDK validates its `messages` and `tools`, 0.3 ms for each, but not `extra_body`.
            extra_body: Any = fields.pop("extra_body", None) or {}
            body = {**extra_body, "messages": self._messages.as_sent(request.messages)}
            if with_tools:
                body["tools"] = self._tools.as_sent(request.tools)
            else:
                body = {name: value for name, value in body.items() if name not in _ONLY_WITH_TOOLS}
            async with AsyncExitStack() as stack:
                sent = create(
                    model=self.options.target,
                    messages=[],
                    stream=True,
                    extra_body=body,
                    **fields,
                    **arguments,
                )
                try:
                    response = await stack.enter_async_context(sent)
                except openai.APIStatusError as error:
                    if self._messages.adapt(error, request.messages):
                        continue
                    refused = isinstance(error, openai.BadRequestError | openai.UnprocessableEntityError)
                    if not (refused and self._fields.change_rejected(error, with_tools=with_tools)):
                        raise
                    continue
                yield response.http_response
                return

    def _check_reply(self, text: ReplyText, finish: FinishTracker, calls: CallCollector) -> None:
        """Check that a reply without valid calls says something."""
        if not text.spoken and (calls or finish.reported_calls):
            what = "called a tool that was not offered" if calls else "announced a tool call and sent none"
            raise failure(self.options, what, retryable=True, retry_after=0.0)
        if not text.only_reasoning:
            return
        problem = "sent reasoning but no reply; lower `reasoning_effort`, or use a model that thinks less"
        if finish.reason == "length":
            problem = (
                "used up the length of its reply for reasoning; raise `max_tokens`, or lower "
                "`reasoning_effort`"
            )
        raise failure(self.options, problem, retryable=True)


async def _next(chunks: AsyncIterator[CompletionChunk], timeout: float | None) -> CompletionChunk | None:
    """Return the next chunk, None after the last one or if none arrives within `timeout` seconds."""
    try:
        async with asyncio.timeout(timeout):
            return await anext(chunks, None)
    except TimeoutError:
        return None
