"""What all chat models here share: a reply streamed by the SDK, asked for again if it fails early."""

from __future__ import annotations

import asyncio
import logging
from abc import abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from voicebot import ChatEvent, ChatModel, ChatRequest, Message, Notice, ReplyEnded, TextDelta, Usage
from voicebot_openai.errors.failures import ChatFailure, explain, failure, quote, raise_failure
from voicebot_openai.options import ChatOptions
from voicebot_openai.request_fields import RequestFields
from voicebot_openai.response.body import answers
from voicebot_openai.response.chunks import Answer
from voicebot_openai.response.content_filter import Verdicts
from voicebot_openai.response.finish import Ending
from voicebot_openai.retries import Retries
from voicebot_openai.text.reply_text import SpokenText

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

logger = logging.getLogger(__name__)

ChatOptionsT = TypeVar("ChatOptionsT", bound=ChatOptions)


class StreamingChatModel(ChatModel[ChatOptionsT]):
    """A chat model behind OpenAI's chat completions API; subclasses connect to it in `start`."""

    filtered_prompts_are_replies: ClassVar[bool] = False
    """Whether a prompt that is held back ends the reply as filtered, instead of failing it."""

    def __init__(self, options: ChatOptionsT) -> None:
        super().__init__(options)
        self.model = options.target
        self._client: AsyncOpenAI | None = None
        self._fields = self._first_fields()
        self._begins_inside = False

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
        told = False
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
                loading = error.loading
            if loading and not told:
                told = True
                yield Notice(f"{self.options.address} is loading its model; the reply comes after that")
            await asyncio.sleep(wait)

    async def _stream(self, messages: Sequence[Message]) -> AsyncGenerator[ChatEvent, None]:
        import httpx2
        import openai

        inside = self.options.begins_in_thought or self._begins_inside
        text, verdicts, ending = SpokenText(begins_inside=inside), Verdicts(), Ending()
        usage: Usage | None = None
        closed: Exception | None = None
        try:
            async with self._ask(messages) as response, aclosing(answers(response, self.options)) as pieces:
                while (answer := await _next(pieces, ending.patience)) is not None:
                    self._fields.learn_model(answer.model)
                    verdicts.read(answer.choice)
                    say = text.feed(answer)
                    ending.read(answer, say)
                    usage = answer.usage or usage
                    if say:
                        yield TextDelta(say)
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            if self.filtered_prompts_are_replies and getattr(error, "code", None) == "content_filter":
                logger.info("%s", explain(error, self.options))
                ending.finish = "content_filter"
            if isinstance(error, httpx2.RemoteProtocolError | httpx2.ReadError):
                closed = error
            elif not ending.sure and (isinstance(error, openai.APIError) or not ending.told):
                raise_failure(error, self.options)
            logger.debug("the stream broke, maybe at its end: %s", type(error).__name__)
        rest = "" if ending.reason == "filtered" else text.finish(cut=ending.reason == "length")
        ending.read(Answer(), rest)
        if ending.broken:
            if closed is not None:
                raise_failure(closed, self.options)
            raise failure(self.options, "ended the reply in the middle", retryable=True, wait=0.0)
        if rest:
            yield TextDelta(rest)
        if ending.reason != "filtered":
            self._begins_inside = text.begins_inside
            if text.only_thought:
                raise self._failure_of_thinking(ending)
        withdrawn = min(text.spoken, verdicts.withdrawn(text.received))
        yield ReplyEnded(ending.reason, usage, withdrawn=withdrawn)

    async def _connect(self, make: Callable[[], AsyncOpenAI]) -> AsyncOpenAI:
        """Make the client, in a thread since that loads the SDK."""
        try:
            self._client = await asyncio.to_thread(make)
        except Exception as error:  # most often a proxy or certificate file that the environment names
            why = quote(f"{type(error).__name__}: {error}", self.options)
            if isinstance(error, OSError):  # of SSL too
                why += "; check SSL_CERT_FILE and SSL_CERT_DIR in the environment"
            raise failure(self.options, f"cannot be connected to from here{why}") from error
        return self._client

    @asynccontextmanager
    async def _ask(self, messages: Sequence[Message], **more: Any) -> AsyncGenerator[httpx2.Response, None]:
        """Ask for a reply and give the response, whose body is still to come.

        The SDK would read it too, but not all that is legal, and takes five times as long for each piece.
        """
        import openai

        if self._client is None:
            raise failure(self.options, "is not connected; start the chat model first")
        create: Any = self._client.chat.completions.with_streaming_response.create
        said = _as_sent(messages, system_role=self.options.system_role)
        while True:
            fields = self._fields.current()
            # The SDK looks at every message it is given: 0.3 ms each, while the user waits. Not at these.
            chosen: Any = fields.pop("extra_body", None) or {}
            body = {**chosen, "messages": said}
            async with AsyncExitStack() as stack:
                asked = create(
                    model=self.options.target, messages=[], stream=True, extra_body=body, **fields, **more
                )
                try:
                    response = await stack.enter_async_context(asked)
                except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                    if not self._fields.learn(error):
                        raise
                    continue
                yield response.http_response
                return

    def _failure_of_thinking(self, ending: Ending) -> ChatFailure:
        what = "thought, and gave no answer; lower `reasoning_effort`, or take a model that thinks less"
        if ending.reason == "length":
            what = "thought until its reply was full; raise `max_tokens`, or lower `reasoning_effort`"
        return failure(self.options, what, retryable=True)


def _as_sent(messages: Sequence[Message], *, system_role: str) -> list[dict[str, str]]:
    """Return messages as the API wants them, the system message in front of the first question if need be."""
    if system_role == "user" and messages and messages[0].role == "system":
        system, *others = messages
        if others and others[0].role == "user":
            system = Message("user", f"{system.content}\n\n{others.pop(0).content}")
        messages = [Message("user", system.content), *others]
    return [{"role": message.role, "content": message.content} for message in messages]


async def _next(pieces: AsyncIterator[Answer], seconds: float | None) -> Answer | None:
    """Return the next piece, None after the last or when `seconds` have passed without one."""
    try:
        async with asyncio.timeout(seconds):
            return await anext(pieces, None)
    except TimeoutError:
        return None
